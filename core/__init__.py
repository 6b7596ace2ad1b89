"""What the studio knows: pure rules and frozen data, and the desk that turns a deed into one decision."""
