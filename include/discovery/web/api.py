"""The page's API, under ``/discovery/api``: JSON in, JSON out, the same for browser and scripts.

Reading (needs read access to the DAG's task instances):

=======  ============================  ====================================  ===================
method   path                          query                                 answer
=======  ============================  ====================================  ===================
GET      /api/overview                 days=30 (7, 30, 90), city, source,    Overview: at most 100
                                       health, enabled, error, text,         pairs a page
                                       sort=health, page=1
GET      /api/selection                the same filters                      Selection
GET      /api/statistics               days=30, city=SLUG                    StatisticsAnswer
GET      /api/cities                                                         CitiesAnswer
GET      /api/known-cities             name=TEXT (from 2 letters)            FoundCities
GET      /api/city/{slug}              days=30                               CityDetail
GET      /api/pair                     source=SLUG, city=SLUG (none: a       PairDetail
                                       source of a wider scope), days=30
GET      /api/sources                                                        SourcesAnswer
GET      /api/events                   text, city, source, category, when,   EventsAnswer
                                       from, to, status, changed_since,
                                       duplicates, after, limit=50
GET      /api/events/{event_id}                                              EventDetail
GET      /api/events/{event_id}/                                             EventJudgements: why
         judgements                                                          its listings are one
GET      /api/review                   city=SLUG, after, limit=20            ReviewAnswer
GET      /api/review/count             city=SLUG                             ReviewCount
GET      /api/venues                   text, city=SLUG                       VenuesAnswer
GET      /api/source/{slug}            days=30                               SourceDetail
GET      /api/kinds/{kind}                                                   KindDetail
GET      /api/errors                   days=7 (1, 7, 30)                     ErrorsAnswer
GET      /api/errors/answers/{id}                                            a text file
GET      /api/charts                   days=30 (up to 90), city=SLUG,        ChartsAnswer
                                       source=SLUG
GET      /api/changes                  limit=50, before=ID, who, origin,     ChangesAnswer
                                       action, type, city, source, from, to
GET      /api/changes.csv              the same filters                      a CSV file
GET      /api/alerts                                                         AlertsAnswer
GET      /api/withdrawals                                                    WithdrawalsAnswer
GET      /api/waiting                                                        Waiting: in numbers
GET      /api/live                                                           Live
GET      /api/run                      run=ID                                Run
GET      /api/cities/{slug}/removal                                          Removal
GET      /api/sources/{slug}/removal                                         Removal
GET      /api/pairs/removal            source=SLUG, city=SLUG                Removal
GET      /api/health                                                         ServiceHealth
GET      /api/openapi.json                                                   the document
=======  ============================  ====================================  ===================

Writing (needs edit access to the DAG; refused when it comes from another site). A pair is named by
the query: ``source=SLUG`` and, for a source of scope city, ``city=SLUG``. What is removed takes its
listings with it: ``confirm`` is the slug, typed by a person.

=======  ============================  =======================  ================================
method   path                          body or query            answer
=======  ============================  =======================  ================================
POST     /api/cities                   NewCity                  201 Saved
PUT      /api/cities/{slug}            ChangedCity              Saved
PUT      /api/cities/{slug}/enabled    Switch                   Saved
DELETE   /api/cities/{slug}            version=N, confirm=SLUG  Removed
POST     /api/sources                  NewSource                201 Saved; with its first pair,
                                                                if that is given
PUT      /api/sources/{slug}           ChangedSource            Saved
PUT      /api/sources/{slug}/enabled   Switch                   Saved
PUT      /api/sources/{slug}/          MonitoringBody           Saved
         monitoring
DELETE   /api/sources/{slug}           version=N, confirm=SLUG  Removed
POST     /api/pairs                    NewPair                  201 Saved
PUT      /api/pairs                    ChangedPair              Saved
PUT      /api/pairs/enabled            Switch                   Saved
PUT      /api/pairs/switches           Switches                 Switched: of up to 1,000 pairs
PUT      /api/pairs/monitoring         MonitoringBody           Saved
DELETE   /api/pairs                    version=N, confirm=SLUG  Removed
PUT      /api/events/{event_id}/edits  EventEditBody            EventDetail
POST     /api/proposals                Acceptance               Saved
PUT      /api/withdrawals/{id}         DecisionBody             Decided
POST     /api/events/{event_id}/merge  Merge                    Judged
POST     /api/events/{event_id}/split  Split                    Judged
POST     /api/judgements               Word                     Judged: whether two listings
                                                                are one event
DELETE   /api/judgements               first=ID, second=ID      Judged: such a word is taken back
POST     /api/venues/judgements        PlaceWord                VenueDecided: whether two
                                                                venues are one place
DELETE   /api/venues/judgements        first=ID, second=ID      VenueDecided: taken back
PUT      /api/venues/{venue_id}/name   NameBody                 VenueDecided
PUT      /api/venues/{venue_id}/       BuildingBody             VenueDecided
         building
POST     /api/probe                    ProbeQuestion            ProbeAnswer; writes nothing
=======  ============================  =======================  ================================

Refusals: 401 (not logged in), 403 (may not, or cross-site), 404 with ``Message``; 409 ``Conflict``
(somebody else saved first, the name is taken, or a run holds it); 422 ``Invalid`` with the
path of every wrong field; 429 (enough addresses are being probed); 503 ``Unavailable`` when the
discovery database cannot be used. Of every request, before a route is chosen (``gate``): 400 (NUL
in the address), 413 (a body beyond 256 KiB), 415 (a compressed one).

'Run now' is not here: the browser posts to Airflow's ``api/v2/dags/city_discovery/dagRuns`` with
``{"logical_date": null, "conf": {"cities": [slug], "sources": [slug], "limit": null or N,
"force": bool, "dry_run": bool, "withdraw_missing": bool}}`` (or with ``"pairs": ["city/source"]``
instead of cities and sources), so that Airflow checks, validates and audits it.

Static files are served at ``/discovery/static/{hash of the content}/…``, behind the same read
access; ``plugins/discovery_plugin.py`` names ``main.js`` there as the bundle.
"""

from __future__ import annotations

from fastapi import APIRouter

from include.discovery.web import (
    about,
    alerts,
    changes,
    charts,
    cities,
    decisions,
    errors,
    event_edits,
    events,
    judgements,
    kinds,
    live,
    overview,
    pairs,
    probe,
    source,
    sources,
    switches,
    venues,
    waiting,
    withdrawals,
)

router = APIRouter(prefix="/api")
for feature in (
    overview, cities, sources, source, kinds, pairs, switches, events, event_edits, judgements,
    decisions, venues, errors, changes, charts, alerts, withdrawals, waiting, live, probe, about,
):  # fmt: skip
    router.include_router(feature.router)
