"""Attacks on one's own database: what could an insider find out after a count?"""
