"""Single sign-on by OpenID Connect: what the browser keeps meanwhile, and what comes back."""
