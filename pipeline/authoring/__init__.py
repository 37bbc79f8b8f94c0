"""Tools for people who write rules: check, try, explain, begin a rule, see what it changes. One module a command."""
