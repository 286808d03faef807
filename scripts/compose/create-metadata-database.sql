-- Runs once, when the volume of the compose file's PostgreSQL is new. The image itself makes the customers' database,
-- with PostGIS; the metadata never share it.
CREATE DATABASE tidetable_metadata;
