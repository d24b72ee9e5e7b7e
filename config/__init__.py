"""Settings and declarations: everything that is data. Imports no other part of Pactwatch."""
