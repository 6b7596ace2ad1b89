"""Who is there: accounts that become one, members, minors, and a person to talk to."""
