"""What is asked: the questionnaires that ship, and those that an agency brings or extends."""

from app.console.instruments.pages import router

__all__ = ["router"]
