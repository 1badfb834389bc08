"""Settings of sources whose events may name no place: the venue that they are at, then."""

from __future__ import annotations

from pydantic import BaseModel, Field

from include.discovery.model import CountryCode, Latitude, Longitude, Text, Venue


class DefaultVenueSettings(BaseModel):
    """The venue of events that name no place, as on the site of a single venue."""

    venue_name: Text | None = Field(
        None, description="Venue of events that name no place, as in the feed of a single venue."
    )
    venue_street: Text | None = Field(None, description="Street and number of that venue.")
    venue_postcode: Text | None = Field(None, description="Postcode of that venue.")
    venue_locality: Text | None = Field(None, description="Town of that venue.")
    venue_country: CountryCode | None = Field(
        None, description="Country of that venue, two letters (ISO 3166-1)."
    )
    venue_latitude: Latitude | None = Field(
        None, description="Latitude of that venue, in degrees; only together with the longitude."
    )
    venue_longitude: Longitude | None = Field(
        None, description="Longitude of that venue, in degrees; only together with the latitude."
    )

    @property
    def default_venue(self) -> Venue | None:
        """The venue of events that name no place, if one is configured."""
        if self.venue_name is None and self.venue_street is None:
            return None
        located = self.venue_latitude is not None and self.venue_longitude is not None
        return Venue(
            name=self.venue_name,
            street=self.venue_street,
            postcode=self.venue_postcode,
            locality=self.venue_locality,
            country=self.venue_country,
            latitude=self.venue_latitude if located else None,
            longitude=self.venue_longitude if located else None,
        )
