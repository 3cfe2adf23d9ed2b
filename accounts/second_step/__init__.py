"""The second step of signing in with a password: a code from an app, or a spare one."""
