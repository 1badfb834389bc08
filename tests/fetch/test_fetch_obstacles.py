"""Challenges, captchas and logins are distinguished from pages of events by more than words."""

import time
from typing import Any

import pytest

from include.discovery.errors import Blocked, Challenged
from include.discovery.fetch.obstacles import MOST_BYTES, obstacle_in
from include.discovery.response import Response
from tests.fetch.conftest import RecordingClient, Site

URL = "https://events.example/agenda"


def answer(body: bytes | str, status: int = 200, url: str = URL, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, named, body.encode() if isinstance(body, str) else body, url)


def page(body: str, title: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


PASSWORD = '<form method="post"><input name="u"><input type="password" name="p"></form>'
OBSTACLES = {
    "Cloudflare": page(
        "<noscript>Enable JavaScript and cookies to continue</noscript>"
        "<script>window._cf_chl_opt={cvId:'3'};</script>",
        "Just a moment...",
    ),
    "Cloudflare's block": page(
        '<div id="cf-error-details">Sorry, you have been blocked. Cloudflare Ray ID: 8a</div>',
        "Attention Required! | Cloudflare",
    ),
    "Akamai's wait": page('<div id="sec-if-cpt-container"></div>'),
    "Akamai's check": page(
        "", head='<meta http-equiv="refresh" content="5; URL=\'/?bm-verify=AAQ\'">'
    ),
    "Akamai's denial": page(
        "<h1>Access Denied</h1>Reference&#32;&#35;18.2d<p>https://errors.edgesuite.net/18.2d</p>",
        "Access Denied",
    ),
    "Imperva": page(
        '<iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=23">Request unsuccessful.'
        " Incapsula incident ID: 1470-2</iframe>"
    ),
    "DataDome": page(
        "<p>Please enable JS and disable any ad blocker</p>"
        "<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"
    ),
    "DataDome in JSON": '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AH"}',
    "HUMAN": page('<div id="px-captcha"></div>', "Access to this page has been denied"),
    "HUMAN in JSON": '{"appId":"PX1","jsClientSrc":"/x.js","blockScript":"/c.js"}',
    "Anubis": page(
        '<script id="anubis_challenge" type="application/json">{}</script>',
        "Making sure you&#39;re not a bot!",
    ),
    "AWS WAF": page("<script>window.gokuProps = {}</script>"),
    "SiteGround": page(
        "", head='<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2F">'
    ),
    "Sucuri": page("<script>sucuri_cloudproxy_js='x'</script>"),
    "F5": page("The requested URL was rejected. Your support ID is: 123"),
    "unknown protection": page(
        "Our systems have detected unusual traffic from your network.", "Security check"
    ),
    "unknown check": page(
        "Checking your browser before accessing the site.", "One moment, please..."
    ),
    "captcha": page(
        '<p>Please verify that you are not a robot.</p><div class="g-recaptcha"></div>', "Events"
    ),
    "hCaptcha": page('<p>Are you a robot?</p><div class="h-captcha"></div>'),
    "login": page(PASSWORD, "Log in"),
    "login of a site": page(PASSWORD, "Members area – Sign in"),
    "German login": page(PASSWORD, "Anmelden | Stadthalle"),
    "Polish login": page(PASSWORD, "Zaloguj się"),
    "French login": page(PASSWORD, "Connexion"),
    "SAML": page('<form><input type="hidden" name="SAMLRequest" value="x"></form>', "Redirecting"),
    "forwarding": page("", head='<meta http-equiv="refresh" content="0; url=/login?next=%2F">'),
    "forwarding script": page('<script>location.href = "https://id.example/sso/x";</script>'),
}

PROGRAMME = "".join(
    f'<p><a href="/e/{n}">Concert {n}</a>, 5 May, Great Hall</p>' for n in range(60)
)
EVENT_DATA = '<script type="application/ld+json">{"@type": "MusicEvent", "name": "X"}</script>'
PAGES_OF_EVENTS = {
    "behind Cloudflare": page(
        f"{PROGRAMME}<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    ),
    "short, behind Cloudflare": page(
        "<h1>Concert</h1><script>window.__CF$cv$params={r:'8a'};a.src="
        "'/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>"
    ),
    "behind Imperva": page(
        '<h1>Concert</h1><p>5 May</p><script src="/_Incapsula_Resource?SWJIYLWA=719"></script>'
    ),
    "behind DataDome": page(
        '<h1>Concert</h1><script src="https://js.datadome.co/tags.js"></script>'
    ),
    "behind HUMAN": page("<h1>Concert</h1><script>window._pxAppId='PX1'</script>"),
    "a play of that title": page(
        "<h1>Just a moment...</h1><p>A comedy, 5 May</p>", "Just a moment..."
    ),
    "a play with a denial": page(
        "<p>A thriller by Ann, 5 May, 19:00</p>", "Access Denied – Theatre"
    ),
    "a talk on captchas": page(f"{PROGRAMME}<h1>Are you a robot? The end of the captcha</h1>"),
    "a talk with a protected form": page(
        "<h1>Verify that you are human: a lecture</h1>"
        + "".join(f'<a href="/{n}">Menu {n}</a>' for n in range(12))
        + '<form><div class="g-recaptcha"></div></form>'
    ),
    "a newsletter with a captcha": page(
        "<h1>Concert, 5 May</h1><form>Newsletter <div class='g-recaptcha'></div></form>"
        "This site is protected by reCAPTCHA and the Google Privacy Policy applies."
    ),
    "a registration with a captcha": page(
        "<h1>Workshop, 5 May</h1><form>Please complete the captcha: I'm not a robot"
        "<div class='h-captcha'></div></form>"
    ),
    "a menu with a login": page(f"{PROGRAMME}{PASSWORD}<a href='/login'>Log in</a>", "Programme"),
    "a short page with a login": page(f"<h1>Concert, 5 May</h1>{PASSWORD}", "Concert | Hall"),
    "a festival called Login": page(f"<h1>Login, 5 May</h1>{PASSWORD}", "Login Festival 2026"),
    "a concert called Sign in": page(f"<p>5 May</p>{PASSWORD}", "Sign In To The Future, live"),
    "data of an event": page(f"{PASSWORD}{EVENT_DATA}", "Log in"),
    "microdata of an event": page(
        f'{PASSWORD}<div itemscope itemtype="https://schema.org/Event"></div>', "Log in"
    ),
    "an event on Cloudflare": page(
        f"{PROGRAMME}<pre>window._cf_chl_opt</pre>" + "<p>text</p>" * 400
    ),
    "a link to a login": page(f'{PROGRAMME}<script>loginUrl="/login"; url = "/login"</script>'),
    "moved": page("Moved", head='<meta http-equiv="refresh" content="0; url=/programme/">'),
    "JSON": '{"items": [{"title": "Captcha", "url": "https://a.example/login"}]}',
    "a calendar": "BEGIN:VCALENDAR\r\nSUMMARY:Just a moment\r\nEND:VCALENDAR\r\n",
    "a feed": '<?xml version="1.0"?><rss><channel><title>Log in</title></channel></rss>',
    "nothing": "",
}


@pytest.mark.parametrize("status", [200, 202, 403, 503])
@pytest.mark.parametrize("name", OBSTACLES)
def test_an_obstacle_is_recognised_with_its_evidence(name: str, status: int) -> None:
    is_login = "login" in name or name in {"SAML", "forwarding", "forwarding script"}
    expected = status < 300 or not is_login
    assert bool(obstacle_in(answer(OBSTACLES[name], status))) is expected, name


@pytest.mark.parametrize("name", PAGES_OF_EVENTS)
def test_a_page_of_events_is_no_obstacle(name: str) -> None:
    assert obstacle_in(answer(PAGES_OF_EVENTS[name])) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"cf_mitigated": "challenge"}, 403),
        ({"cf_mitigated": "challenge"}, 200),
        ({"x_amzn_waf_action": "challenge"}, 202),
        ({"x_amzn_waf_action": "CAPTCHA"}, 405),
        ({"x_vercel_mitigated": "challenge"}, 429),
    ],
)
def test_a_header_that_protection_sets_is_enough_evidence(
    headers: dict[str, Any], status: int
) -> None:
    assert obstacle_in(answer(b"", status, **headers))


def test_a_form_with_a_password_at_the_address_of_a_login_is_an_obstacle() -> None:
    form = page(PASSWORD, "Welcome")
    assert obstacle_in(answer(form, url="https://events.example/users/sign_in?next=/"))
    assert obstacle_in(answer(form, url="https://events.example/wp-login.php"))
    assert obstacle_in(answer(form, url="https://events.example/login-festival")) is None


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_is_reported_as_blocked_with_its_evidence(
    site: Site, http_client: RecordingClient, status: int
) -> None:
    body = OBSTACLES["Cloudflare"].encode()
    with pytest.raises(Blocked, match=r"a challenge of Cloudflare \(_cf_chl_opt\)") as caught:
        http_client.get(site.on("/a", site.reply(status, body)))
    assert isinstance(caught.value, Challenged)
    assert not caught.value.retryable


def test_a_challenge_that_passes_is_retried(site: Site, http_client: RecordingClient) -> None:
    body = OBSTACLES["Anubis"].encode()
    url = site.on("/a", site.reply(200, body), site.reply(200, b"events"))
    assert http_client.get(url).body == b"events"


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["<", "<script>", "<style", "<!--", "<input ", "<input type=", "<title>", "<a ", "url=",
     "<x>", "location=", "-", " - ", "|", "&", '"@type"', "schema.org/", "a", " ", "\n",
     "<!--x--><script"],
)  # fmt: skip
def test_looking_at_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def cost(size):
        response = answer("<html>" + piece * (size // len(piece)))
        started = time.process_time()
        obstacle_in(response)
        return time.process_time() - started

    small = min(cost(MOST_BYTES // 4) for _ in range(3))
    large = min(cost(MOST_BYTES - 6) for _ in range(3))
    assert large < max(small, 0.004) * 4 * 2.6
