"""The database: one writer thread with group commit, migrations, the vault for what waits encrypted."""
