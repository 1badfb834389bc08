-- A new listing and its event are written in one statement, each with the id of the other. As the owner
-- of the schema: a role that may only read and write rows has no right to the sequence itself.
CREATE FUNCTION discovery.new_listing_id() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    SELECT nextval(pg_get_serial_sequence('discovery.listings', 'id'))
$$;
COMMENT ON FUNCTION discovery.new_listing_id() IS 'The next id of a listing (listings.id).';
