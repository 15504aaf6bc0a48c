"""Who may enter the editors' desk, and how: invitations, passwords, the second factor, sessions."""
