-- Runs once, when the volume of the compose file's PostgreSQL is new. The fetchers keep the customers' connections to
-- storage services here, and make the tables themselves.
CREATE DATABASE tidetable_connections;
