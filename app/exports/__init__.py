"""Downloads: asked for on a page, made by the worker, kept sealed for a day."""
