"""The organisation register (ROR) in the database: reading its files, importing, looking names up; docs/register.md."""
