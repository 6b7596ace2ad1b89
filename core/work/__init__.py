"""Recipes: the steps of intake, mastering, delivery and money; sound, blobs and tills, joined over ports."""
