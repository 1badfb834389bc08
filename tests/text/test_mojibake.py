"""Mistaken encodings: what is repaired, and that right text in nine languages stays as it is."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.discovery.text.cleaning import plain_text
from include.discovery.text.mojibake import repair_encoding

RIGHT = """
    Ângela Ålesund Åsa Åbo Äänekoski Ärende Ähtäri São João Conceição CORAÇÃO CANÇÃO IRMÃ IRMÃ… MAÇÃ
    À l'Âge L’ÂGE D’OR ÂME Élève ÉCOLE «CAFÉ» “CAFÉ” BEYONCÉ’S Où cœur ŒUVRE naïve ÇA Noël
    Łódź ŁÓDŹ „ŁÓDŹ” Żółć ŻÓŁĆ gęślą jaźń KRAKÓW PRZEDSPRZEDAŻ „ŻYCIE”
    Übermut ÜBER „MÄRZ“ Straße GROẞ »ÖL« ŠKODA Žižkov „KŮŇ“ PŘÍBĚH žluťoučký ďábel
    ÄITI MINÄ MINÄ… YÖ YÖ– KESÄ’26 TYÖ” VÅR VÅR– PÅ PÅ… ”ÅÅ” ¿Qué mañana ESPAÑA ¡AÑO! PERCHÉ città
    5€ 10° £5 ©2026 1º 2ª 5² ½ · – — … €5 N° 12
"""


@pytest.mark.parametrize("word", RIGHT.split())
def test_a_correct_word_stays(word: str) -> None:
    assert repair_encoding(word) == word


@given(st.lists(st.sampled_from(RIGHT.split()), min_size=1, max_size=8).map(" ".join))
def test_a_correct_text_stays(text: str) -> None:
    assert plain_text(text) == text


WORDS = """
    Ângela Åsa Äiti São coração à là été Où naïve œuvre Straße Über Łódź Zażółć gęślą jaźń kůň
    Příliš žluťoučký niño perché città ¿Qué £5 10€ it’s “Jazz” – … CORAÇÃO ÉCOLE ŻÓŁĆ Київ Αθήνα 💃
    Jazz Night 2026
"""


@given(
    st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8).map(" ".join),
    st.sampled_from(["cp1252", "latin-1"]),
)
def test_a_text_that_was_read_in_a_wrong_encoding_is_repaired(text: str, encoding: str) -> None:
    try:
        mistaken = f"{text} naïve".encode().decode(encoding)
    except UnicodeDecodeError:  # a byte that Windows-1252 does not know
        return
    assert plain_text(mistaken) == f"{text} naïve"


@pytest.mark.parametrize(
    ("mistaken", "repaired"),
    [
        ("Å‚Ã³dÅº", "łódź"),
        ("ZaÅ¼Ã³Å‚Ä‡ gÄ™Å›lÄ… jaÅºÅ„", "Zażółć gęślą jaźń"),
        ("Kino pod PsemÂ – Â 5", "Kino pod Psem – 5"),
        ("voilÃ  la fÃªte", "voilà la fête"),
        ("Ã\xa0 la carte", "à la carte"),
        ("Ã‰cole", "École"),
        ("â€œJazzâ€\x9d â€“ itâ€™s on", "“Jazz” – it’s on"),
        ("it\x92s \x93on\x94", "it’s “on”"),
        ("ðŸ’ƒ Salsa", "💃 Salsa"),
        ("ÂżQuĂ© tal?", "¿Qué tal?"),
        ("ÐšÐ¸Ñ—Ð²", "Київ"),
        ("fÃÂªte", "fête"),
        ("caf&Atilde;&copy;", "café"),
        ("<p>caf\u00c3\u00a9</p>", "café"),
        ("Jazz – fÃªte", "Jazz – fête"),
    ],
)
def test_a_wrongly_encoded_text_of_a_feed_is_repaired(mistaken: str, repaired: str) -> None:
    assert plain_text(mistaken) == repaired


def test_a_doubtful_ending_in_capitals_stays() -> None:
    """It may be ``MAMÔ``, or a Portuguese word in quotes: what may be right is not changed."""
    assert repair_encoding("“MAMÃ”") == "“MAMÃ”"


def test_quotes_ligatures_widths_and_entities_are_not_touched() -> None:
    assert (
        repair_encoding("fÃªte ‘a’ “b” ﬁ Ａ ½ &amp; \u2028") == "fête ‘a’ “b” ﬁ Ａ ½ &amp; \u2028"
    )


@given(st.text())
def test_repairing_does_not_fail_on_any_text(text: str) -> None:
    plain_text(text)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["Ã", "Ã©", "â€", "Ð", "\x80", "é", "ðŸ", "Ã\xa0 "])
def test_a_long_text_is_repaired_in_linear_time(piece: str) -> None:
    began = time.process_time()
    plain_text(piece * (200_000 // len(piece)))

    assert time.process_time() - began < 5


def test_the_repair_is_imported_only_when_it_is_needed() -> None:
    program = (
        "import sys; from include.discovery.text.cleaning import plain_text;"
        "plain_text('Łódź, Äänekoski'); print('ftfy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == [b"False"]
