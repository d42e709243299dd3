"""What staff meet under /staff: signing in, the people of the agency, the audit log; and `/`."""

from fastapi import APIRouter

from app.accounts.front import page as front
from app.accounts.pages import own_password, people, signing_in, single_sign_on, tokens

router = APIRouter()
router.include_router(front.router)
router.include_router(signing_in.router)
router.include_router(single_sign_on.router)
router.include_router(people.router)
router.include_router(own_password.router)
router.include_router(tokens.router)
