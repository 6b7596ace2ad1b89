"""Recipes: the steps of intake, mastering, delivery and money that join sound, blobs and tills, over ports."""
