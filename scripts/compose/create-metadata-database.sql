-- Runs once, when the volume of the compose file's PostgreSQL is new. The image itself makes the customers' database,
-- with PostGIS; the metadata never share it.
CREATE DATABASE tidetable_metadata;
-- Logins of customers are to the customers' database alone.
REVOKE CONNECT, TEMPORARY ON DATABASE tidetable_metadata FROM PUBLIC;
