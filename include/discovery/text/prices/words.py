"""The vocabulary of prices: signs of currencies and words around amounts, in many languages.

Languages: English, Polish, French, German, Spanish, Italian, Finnish, Swedish, Czech; the usual
words of Dutch, Portuguese, Danish, Norwegian, Hungarian, Ukrainian, Russian, Romanian, Slovak,
Croatian and Japanese. What is one string is a regular expression; all else is plain lower-case
text.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIGNS = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS", "₹": "INR",
    "₩": "KRW", "$": "USD", "us$": "USD", "au$": "AUD", "a$": "AUD", "ca$": "CAD", "c$": "CAD",
    "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "mx$": "MXN",
    "zł": "PLN", "zl": "PLN", "złotych": "PLN", "złote": "PLN", "złoty": "PLN", "euro": "EUR",
    "euros": "EUR", "euroa": "EUR", "kč": "CZK", "kc": "CZK", "korun": "CZK", "ft": "HUF",
    "sfr": "CHF", "franken": "CHF", "pounds": "GBP", "lei": "RON", "dollars": "USD",
    "zlotych": "PLN", "zlote": "PLN", "euroja": "EUR", "koruna": "CZK", "koruny": "CZK",
    "forint": "HUF", "yen": "JPY", "rupees": "INR", "pesos": "",
    "dollar": "USD", "kr": "", "kronor": "SEK", "kroner": "", "forintot": "HUF",
    "грн": "UAH", "гривень": "UAH", "гривні": "UAH", "гривня": "UAH", "руб": "RUB",
    "рубль": "RUB", "рубля": "RUB", "рублей": "RUB", "円": "JPY", "лв": "BGN", "лева": "BGN",
}  # fmt: skip
"""Sign or word → ISO 4217 code, empty when it stands for none by itself."""

SHARED = {
    "$": _words("USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU"),
    "dollars": _words("USD CAD AUD NZD SGD HKD TWD"),
    "kr": _words("SEK NOK DKK ISK"),
    "kroner": _words("NOK DKK"),
    "pesos": _words("MXN ARS CLP COP UYU PHP"),
    "¥": _words("JPY CNY"),
}
"""Signs that several currencies share; whoever knows the place decides among them."""

CODES = _words(
    "AED ARS AUD BAM BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR ISK"
    " JPY KRW MAD MDL MKD MXN MYR NOK NZD PEN PHP PLN RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD"
    " UYU VND ZAR"
)
"""ISO 4217 codes that are recognised in text."""

CASUAL_CODES = _words("CHF CZK DKK EUR GBP HUF NOK PLN SEK USD")
"""Codes that are no words, so that they count in lower case, too."""

FREE = (
    "no entry fee|no admission fee|free"
    "|free of charge|free entry|free entrance|free admission|no charge|no cost|no cover"
    "|no cover charge|complimentary"
    "|wst[ęe]p woln[yae]|woln[yae] wst[ęe]p|wej[śs]cie wolne|bezp[łl]atn\\w+|darmow\\w+|za darmo"
    "|nieodp[łl]atn\\w+|gratis|gratuite?s?|gratuitement|entr[ée]e libre|acc[èe]s libre"
    "|kostenlos\\w*|kostenfrei\\w*|umsonst|frei(?!\\s*\\w)|freier eintritt"
    "|eintritt(?: ist)? frei"
    "|unentgeltlich|gebührenfrei|gratuit[oaie]s?|entrada libre|acceso libre|ingresso libero"
    "|entrata libera|accesso libero|ilmai\\w+|maksut\\w+|maksuton|vapaa pääsy|vapaa sisäänpääsy"
    "|pääsy vapaa|ei pääsymaksua?|fri entr[ée]|fritt inträde|kostnadsfri\\w*|avgiftsfri\\w*|zdarma"
    "|vstup voln[ýy]|voln[ýy] vstup|bezplatn\\w+"
    "|vrije? entree|vrije? toegang|grátis|entrada franca|fri adgang|fri inngang|ingyen|ingyenes"
    "|díjtalan"
    "|безкоштовн\\w+|бесплатн\\w+|вхід вільний|вільний вхід|вход свободный|свободный вход"
    "|intrare liber[ăa]|zadarmo|vstup voľný|voľný vstup|besplatn\\w+|ulaz slobodan|slobodan ulaz"
    "|無料|入場無料"
)
NOT_WHAT_IS_FREE = (
    "parking|parkplätze?|parkowanie|wi-?fi|wlan|internet|shuttle|cloakroom|szatnia|garderobe"
    "|(?:welcome )?drinks?|coffee|wine|beer|shots?|food|snacks?|pizza|popcorn|cake|refreshments"
    "|jazz|improv\\w*|speech|style|spirit|dance|diving|willy"
    "|t-?shirts?|gifts?|merch|shipping|delivery|nap[oó]j|napoje|poczęstunek|conso(?:mmation)?"
    "|getränke?|bevanda|bebida|kahvi|kaffe|nápoj|platzwahl|one"
)
"""What is given away while entry is paid, or called free by name (``one``: get one free)."""

WHO_IS_FREE = (
    "kids|child|children|infants|babies|members|students|seniors|carers?|companions?"
    "|dzieci|studenci|członkowie|enfants|étudiants|adhérents|kinder|studierende|mitglieder"
    "|begleitperson|niñ[oa]s|menores|soci[oa]s?|bambini|lapset|lapsille|jäsenille|barn|medlemmar"
    "|děti|studenti|členové"
)
"""Those who may come in free while others pay."""

FREE_FOR = "for|dla|pour|für|para|per|för|pro"
FREE_FOR_ALL = (
    "all|everyone|everybody|the public|wszystkich|każdego|tou(?:s|te|tes)|alle|jeden|tod[oa]s"
    "|tutt[ie]|kaikille|alla|všechny"
)
FREE_UNTIL = (
    "before|until|till?|under|przed|do|avant|jusqu['’]à|vor|bis|antes(?: de)?|hasta|prima|fino a"
    "|ennen|före|před"
)
"""Words that, before a number, limit what is free to an hour or an age."""

FROM = (
    "from|from only|starting at|starting from|starts? at|starts from|as low as|od|już od"
    "|juz od|už od|již od|zaczynając od|ab|ab nur|ab ca\\.?|schon ab|von|à partir de"
    "|a partir de|dès|de|desde|da|dai|dal|a partire da|från|fr\\.o\\.m\\.?|alkaen|alk\\."
    "|lähtien|min\\.?|minimum|at least|mind\\.?|mindestens|vanaf|fra|від|от|de la"
    "|between|między|entre|zwischen|tra|mellan|mezi"
)
OR_MORE = (
    "alkaen|alk\\.|lähtien|onwards?|and up|and more|or more|upwards|minimum|i więcej|lub więcej"
    "|et plus|ou plus|y más|o más|und mehr|oder mehr|e più|o più|tai enemmän|ja ylös|och uppåt"
    "|eller mer|a více|nebo více|ou mais|og oppover|eller mere|і більше|и более|から"
)
UP_TO = (
    "up to|less than|under|below|do|poniżej|jusqu['’]à|moins de|bis|bis zu|unter|hasta|menos de"
    "|fino a|meno di|enintään|upp till|až do|max\\.?|tot|até|op til|opp til|до"
)
LINKS = (
    "to|do|bis|à|a|al|till|až|tot|til|até|до|or|and|lub|i|albo|ou|et|oder|und|o|e|y|och|eller|tai|ja"
    "|nebo|en|og|vagy|és|або|или|і|и"
)
"""Words between two amounts of one offer."""

RANGES = "to|do|bis|à|al|till|až|tot|til|até|до"
"""Those of them that mean a range."""

NEUTRAL = _words(
    "price prices cost costs ticket tickets admission entry entrance event cover charge per person"
    " each pp is are the cena ceny bilet bilety biletu biletów wstęp koszt opłata prix tarif tarifs"
    " entrée billet billets coût eintritt preis preise karten precio precios entrada entradas"
    " prezzo prezzi biglietto biglietti ingresso hinta hinnat liput lippu pris biljett biljetter"
    " entré inträde vstupné vstup vstupenky only tylko nur prijs toegang kaart kaarten preço"
    " bilhete bilhetes ingressos billet billetter billett inngang adgang jegy jegyek jegyár belépő"
    " квиток квитки вартість ціна вхід билет билеты цена стоимость вход"
)
"""Words that add nothing to an amount."""

ABOUT_TICKETS = NEUTRAL | _words(
    "advance adv door doors adult adults child children kid kids student students senior seniors"
    " member members non concession concessions conc general ga vip regular reduced full early bird"
    " presale normalny ulgowy normalne ulgowe normal studencki przedsprzedaż réduit plein adulte"
    " adultes enfant enfants étudiant étudiants prévente erwachsene kinder ermäßigt erm vorverkauf"
    " vvk ak abendkasse vollpreis adultos niños anticipada taquilla reducida intero ridotto adulti"
    " bambini aikuiset lapset ovelta ennakkoon vuxen vuxna barn förköp ordinarie dospělí děti"
    " studenti předprodej snížené základní"
)
"""Words that, beside a bare number, make it a price."""

FEES = _words("booking bf fee fees plus service tax vat")
"""Words about fees, which add nothing to an amount in a field that is made for one."""

LABELS = _words(
    "vol volume part no nr room week day level chapter episode hall stage studio track route area"
    " część sala dzień odcinek partie salle n teil folge saal raum tag sala parte capítulo puntata"
    " osa sali del díl sál kl"
)
"""Words that number a thing, so that what follows is no price."""

RATES = (
    "reduced|conc(?:ession)?s?|advance|adv|presale|early bird|ulgow[yae]|normaln[yae]|przedsprzedaż"
    "|réduit|plein|prévente|erm|ermäßigt|vvk|vorverkauf|ak|anticipada|taquilla|reducida|ridotto"
    "|intero|ennakkoon|ennakko|förköp|předprodej|snížené"
)
"""Words for kinds of tickets that no hour and no age follows: a number beside one is a price."""

NOTHING_SAID = _words("tba tbc tbd n/a na nan none - -- ? . null undefined")
"""Placeholders for no information."""
