"""What calls bring and what they are answered: the forms that the OpenAPI document shows."""
