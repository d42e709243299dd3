"""Gaps between groups: did they close?"""
