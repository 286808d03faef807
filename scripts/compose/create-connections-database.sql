-- Runs once, when the volume of the compose file's PostgreSQL is new. The fetchers keep the customers' connections to
-- storage services here, and make the tables themselves.
CREATE DATABASE tidetable_connections;
-- Logins of customers are to the customers' database alone.
REVOKE CONNECT, TEMPORARY ON DATABASE tidetable_connections FROM PUBLIC;
