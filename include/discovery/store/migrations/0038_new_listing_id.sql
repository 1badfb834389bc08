-- Called for every new listing: the sequence is found once, when the function is made, not by each call.
CREATE OR REPLACE FUNCTION discovery.new_listing_id() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC
    SELECT nextval('discovery.listings_id_seq'::regclass);
END;
COMMENT ON FUNCTION discovery.new_listing_id() IS 'The next id of a listing (listings.id).';
