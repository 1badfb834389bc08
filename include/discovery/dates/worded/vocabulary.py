"""The words of dates and times in nineteen languages, with their cases and abbreviations.

Languages: English, Polish, French, German, Spanish, Italian, Finnish, Swedish, Czech, Dutch,
Portuguese, Danish, Norwegian, Slovak, Hungarian, Romanian, Catalan, Ukrainian, Russian. Words stand
here as they are written; look-ups see those in Latin letters folded (no accents, lower case), so
that ``sroda`` and ``ŚRODA`` are found as well. ``|`` divides the months from January, the weekdays
from Monday and the numbers from first to fourth and last; within a part all forms of a word stand
side by side.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a word does in a date. A word may do several things, in one language or in many."""

    MONTH = "month"  # value: 1 to 12
    WEEKDAY = "weekday"  # value: 0 (Monday) to 6
    WEEKDAYS = "weekdays"  # a form that means every week: 'Tuesdays', 'dienstags'
    RELATIVE = "relative"  # value: days from today
    EVERY = "every"
    SECOND = "second"  # 'every OTHER Tuesday'
    FORTNIGHTLY = "fortnightly"  # both in one word: 'varannan'
    NTH = "nth"  # value: 1 to 4, or -1 for the last
    MONTHLY = "monthly"  # the word 'month', in the forms used for 'of the month'
    DAY = "day"  # the word 'day', as after 'every'
    DAILY = "daily"
    WORKDAYS = "workdays"
    WEEKEND = "weekend"
    WEEKENDS = "weekends"  # a form that means every one
    FROM = "from"
    ONWARDS = "onwards"  # 'from', said after the date: 'alkaen'
    BETWEEN = "between"  # makes the next 'and' a 'to'
    TO = "to"
    UP_TO = "up to"  # 'until', said after the date: 'asti'
    AND = "and"
    MOVED = "moved"  # the 'to' after it names the new day, not a last one
    EXCEPT = "except"
    CLOSED = "closed"  # stands before or after the days that are left out
    AT = "at"  # stands before an hour, and before other things
    CLOCK = "clock"  # stands before an hour, and before nothing else
    HOUR = "hour"  # stands after an hour
    NOON = "noon"
    MIDNIGHT = "midnight"
    EVENING = "evening"  # makes 8 mean 20
    MORNING = "morning"
    AFTER = "after"  # 'the day AFTER tomorrow'
    NEXT = "next"  # 'next Friday': not today
    DOORS = "doors"  # the hour beside it is when the house opens
    UNIT = "unit"  # the number before it is no date: years, minutes, persons
    LABEL = "label"  # the number after it is no date: rooms, floors, telephones
    DURATION = "duration"  # the hours after it are a length
    FILLER = "filler"  # may stand inside a date and says nothing


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS = {
    "en": "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sept sep|october oct|november nov|december dec",
    "pl": "styczeń stycznia styczniu styczniem sty|luty lutego lutym lut"
    "|marzec marca marcu marcem mar|kwiecień kwietnia kwietniu kwietniem kwi|maj maja maju majem"
    "|czerwiec czerwca czerwcu czerwcem cze|lipiec lipca lipcu lipcem lip"
    "|sierpień sierpnia sierpniu sierpniem sie|wrzesień września wrześniu wrześniem wrz"
    "|październik października październiku październikiem paź"
    "|listopad listopada listopadzie listopadem lis|grudzień grudnia grudniu grudniem gru",
    "fr": "janvier janv jan|février févr fév|mars|avril avr|mai|juin|juillet juil|août aoû"
    "|septembre sept sep|octobre oct|novembre nov|décembre déc",
    "de": "januar januars jänner jaenner jan jän|februar februars feber feb"
    "|märz märzes maerz mär mrz|april aprils apr|mai mais|juni junis jun|juli julis jul"
    "|august augusts aug|september septembers sept sep|oktober oktobers okt"
    "|november novembers nov|dezember dezembers dez",
    "es": "enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep set|octubre oct|noviembre nov|diciembre dic",
    "it": "gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug"
    "|agosto ago|settembre sett set|ottobre ott|novembre nov|dicembre dic",
    "sv": "januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "cs": "leden ledna lednu lednem led|únor února únoru únorem úno"
    "|březen března březnu březnem bře|duben dubna dubnu dubnem dub"
    "|květen května květnu květnem kvě|červen června červnu červnem čvn čer"
    "|červenec července červenci červencem čvc|srpen srpna srpnu srpnem srp|září zář"
    "|říjen října říjnu říjnem říj|listopad listopadu listopadem lis"
    "|prosinec prosince prosinci prosincem pro",
    "nl": "januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "pt": "janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago"
    "|setembro set|outubro out|novembro nov|dezembro dez",
    "da": "januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|december dec",
    "no": "januar jan|februar feb|mars mar|april apr|mai|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|desember des",
    "sk": "január januára januári jan|február februára februári feb|marec marca marci mar"
    "|apríl apríla apríli apr|máj mája máji|jún júna júni|júl júla júli|august augusta auguste aug"
    "|september septembra septembri sep|október októbra októbri okt|november novembra novembri nov"
    "|december decembra decembri dec",
    "hu": "január januári jan|február februári febr feb|március márciusi márc|április áprilisi ápr"
    "|május májusi máj|június júniusi jún|július júliusi júl|augusztus augusztusi aug"
    "|szeptember szeptemberi szept|október októberi okt|november novemberi nov"
    "|december decemberi dec",
    "ro": "ianuarie ian|februarie feb|martie mar|aprilie apr|mai|iunie iun|iulie iul|august aug"
    "|septembrie sept|octombrie oct|noiembrie nov|decembrie dec",
    "ca": "gener gen|febrer feb febr|març|abril abr|maig|juny|juliol jul|agost ag"
    "|setembre set|octubre oct|novembre nov|desembre des",
    "uk": "січень січня січні січ|лютий лютого лютому лют|березень березня березні бер"
    "|квітень квітня квітні квіт|травень травня травні трав|червень червня червні черв"
    "|липень липня липні лип|серпень серпня серпні серп|вересень вересня вересні вер"
    "|жовтень жовтня жовтні жовт|листопад листопада листопаді лист|грудень грудня грудні груд",
    "ru": "январь января январе янв|февраль февраля феврале февр фев|март марта марте мар"
    "|апрель апреля апреле апр|май мая мае|июнь июня июне июн|июль июля июле июл"
    "|август августа августе авг|сентябрь сентября сентябре сент сен|октябрь октября октябре окт"
    "|ноябрь ноября ноябре нояб ноя|декабрь декабря декабре дек",
}
_FINNISH_MONTHS = "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu"
_FINNISH_MONTH_ENDINGS = ("", "kuu", "kuuta", "kuun", "kuussa", "kuusta", "kuuhun", "k")
MONTHS["fi"] = "|".join(
    " ".join(stem + ending for ending in _FINNISH_MONTH_ENDINGS)
    for stem in _FINNISH_MONTHS.split("|")
)

WEEKDAYS = {
    "en": "monday mon|tuesday tues tue|wednesday weds wed|thursday thurs thur thu|friday fri"
    "|saturday sat|sunday sun",
    "pl": "poniedziałek poniedziałku poniedziałkiem poniedziałkowi pon pn"
    "|wtorek wtorku wtorkiem wt wto"
    "|środa środę środy środzie środą śr śro|czwartek czwartku czwartkiem czw czwart cz"
    "|piątek piątku piątkiem pt pią|sobota sobotę soboty sobocie sobotą sob sb"
    "|niedziela niedzielę niedzieli niedzielą niedz nie nd ndz",
    "fr": "lundi lun lu|mardi mar ma|mercredi mer mercr me|jeudi jeu je|vendredi ven vend ve"
    "|samedi sam sa|dimanche dim di",
    "de": "montag mo|dienstag di|mittwoch mi mit mittw|donnerstag do don donn|freitag fr"
    " fre|samstag sonnabend sa sam sonnab|sonntag so son sonnt",
    "es": "lunes lun lu|martes mar ma|miércoles mié mier mi|jueves jue ju|viernes vie vi vier"
    "|sábado sáb sá|domingo dom do",
    "it": "lunedì lun lu|martedì mar ma|mercoledì mer me merc|giovedì gio gi giov|venerdì ven ve"
    "|sabato sab sa|domenica dom do",
    "fi": "maanantai maanantaina maanantaista maanantaihin maanantain ma"
    "|tiistai tiistaina tiistaista tiistaihin tiistain ti"
    "|keskiviikko keskiviikkona keskiviikosta keskiviikkoon keskiviikon ke"
    "|torstai torstaina torstaista torstaihin torstain to"
    "|perjantai perjantaina perjantaista perjantaihin perjantain pe"
    "|lauantai lauantaina lauantaista lauantaihin lauantain la"
    "|sunnuntai sunnuntaina sunnuntaista sunnuntaihin sunnuntain su",
    "sv": "måndag måndagen mån må|tisdag tisdagen tis ti|onsdag onsdagen ons on"
    "|torsdag torsdagen tors tor to|fredag fredagen fre fr|lördag lördagen lör lö"
    "|söndag söndagen sön sö",
    "cs": "pondělí pondělím po pon|úterý úterým út úte|středa středu středy středě středou st stř"
    "|čtvrtek čtvrtka čtvrtku čtvrtkem čt čtv|pátek pátku pátkem pá pát"
    "|sobota sobotu soboty sobotě sobotou so sob|neděle neděli nedělí ne ned",
    "nl": "maandag ma|dinsdag di|woensdag wo|donderdag do|vrijdag vr|zaterdag za|zondag zo",
    "pt": "segunda segunda-feira seg|terça terça-feira|quarta quarta-feira|quinta quinta-feira"
    "|sexta sexta-feira|sábado sáb|domingo dom",
    "da": "mandag man|tirsdag tirs tir|onsdag ons|torsdag tors tor|fredag fre|lørdag lør"
    "|søndag søn",
    "no": "mandag man|tirsdag tirs tir|onsdag ons|torsdag tors tor|fredag fre|lørdag lør"
    "|søndag søn",
    "sk": "pondelok pondelka po pon|utorok utorka ut|streda stredu stredy st|štvrtok štvrtka št"
    "|piatok piatka pi|sobota sobotu soboty so|nedeľa nedeľu nedele ne",
    "hu": "hétfő hétfőn|kedd kedden|szerda szerdán|csütörtök csütörtökön|péntek pénteken"
    "|szombat szombaton|vasárnap",
    "ro": "luni|marți marţi|miercuri|joi|vineri|sâmbătă|duminică",
    "ca": "dilluns dl|dimarts dt|dimecres dc|dijous dj|divendres dv|dissabte ds|diumenge dg",
    "uk": "понеділок понеділка пн|вівторок вівторка вт|середа середу середи ср|четвер четверга чт"
    "|п'ятниця п'ятницю п'ятниці пт|субота суботу суботи сб|неділя неділю неділі нд",
    "ru": "понедельник понедельника пн|вторник вторника вт|среда среду среды ср"
    "|четверг четверга чт|пятница пятницу пятницы пт|суббота субботу субботы сб"
    "|воскресенье воскресенья вс",
}

RECURRING_WEEKDAYS = {
    "en": "mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays",
    "pl": "poniedziałki poniedziałków|wtorki wtorków|środy śród|czwartki czwartków"
    "|piątki piątków|soboty sobót|niedziele niedziel",
    "fr": "lundis|mardis|mercredis|jeudis|vendredis|samedis|dimanches",
    "de": "montags|dienstags|mittwochs|donnerstags|freitags|samstags sonnabends|sonntags",
    "es": "|||||sábados|domingos",
    "it": "|||||sabati|domeniche",
    "fi": "maanantaisin|tiistaisin|keskiviikkoisin|torstaisin|perjantaisin|lauantaisin"
    "|sunnuntaisin",
    "sv": "måndagar måndagarna|tisdagar tisdagarna|onsdagar onsdagarna|torsdagar torsdagarna"
    "|fredagar fredagarna|lördagar lördagarna|söndagar söndagarna",
    "cs": "pondělky pondělků|úterky úterků|středy|čtvrtky čtvrtků|pátky pátků|soboty sobot|neděle",
    "nl": "maandagen|dinsdagen|woensdagen|donderdagen|vrijdagen|zaterdagen|zondagen",
    "pt": "segundas segundas-feiras|terças terças-feiras|quartas quartas-feiras"
    "|quintas quintas-feiras|sextas sextas-feiras|sábados|domingos",
    "da": "mandage|tirsdage|onsdage|torsdage|fredage|lørdage|søndage",
    "no": "mandager|tirsdager|onsdager|torsdager|fredager|lørdager|søndager",
    "ca": "|||||dissabtes|diumenges",
    "uk": "понеділки щопонеділка|вівторки щовівторка|щосереди|четверги щочетверга"
    "|щоп'ятниці|щосуботи|щонеділі",
    "ru": "понедельникам|вторникам|средам|четвергам|пятницам|субботам|воскресеньям",
}

ORDINALS = {
    "en": "first|second|third|fourth|last final",
    "pl": "pierwszy pierwsza pierwszą pierwsze pierwszego|drugi druga drugą drugie drugiego"
    "|trzeci trzecia trzecią trzecie trzeciego|czwarty czwarta czwartą czwarte czwartego"
    "|ostatni ostatnia ostatnią ostatnie ostatniego",
    "fr": "premier premiers première premières|deuxième deuxièmes second seconds"
    "|troisième troisièmes|quatrième quatrièmes|dernier derniers dernière dernières",
    "de": "erste ersten erster erstem|zweite zweiten zweiter zweitem|dritte dritten dritter drittem"
    "|vierte vierten vierter viertem|letzte letzten letzter letztem",
    "es": "primer primero primera primeros|segundo segunda segundos|tercer tercero tercera terceros"
    "|cuarto cuarta cuartos|último última últimos",
    "it": "primo prima primi|secondo seconda secondi|terzo terza terzi|quarto quarta quarti"
    "|ultimo ultima ultimi",
    "fi": "ensimmäinen ensimmäisenä|toinen toisena|kolmas kolmantena|neljäs neljäntenä"
    "|viimeinen viimeisenä",
    "sv": "första förste|andra|tredje|fjärde|sista siste",
    "cs": "první prvním|druhý druhá druhou druhé|třetí třetím|čtvrtý čtvrtá čtvrtou čtvrté"
    "|poslední posledním",
    "nl": "eerste|tweede|derde|vierde|laatste",
    "pt": "primeiro primeira|segundo|terceiro terceira|quarto|último última",
}

RELATIVE_DAYS = {
    "en": "today tonight this-evening|tomorrow|",
    "pl": "dziś dzisiaj|jutro|pojutrze",
    "fr": "aujourd'hui ce-soir|demain|après-demain",
    "de": "heute|morgen|übermorgen",
    "es": "hoy esta-noche|mañana|",
    "it": "oggi stasera|domani|dopodomani",
    "fi": "tänään|huomenna|ylihuomenna",
    "sv": "idag ikväll|imorgon|övermorgon iövermorgon",
    "cs": "dnes|zítra|pozítří",
    "nl": "vandaag vanavond|morgen|overmorgen",
    "pt": "hoje|amanhã|",
    "da": "idag iaften|imorgen|overmorgen iovermorgen",
    "no": "idag ikveld|imorgen|overmorgen iovermorgen",
    "sk": "dnes|zajtra|pozajtra",
    "hu": "|holnap|holnapután",
    "ro": "astăzi|mâine|poimâine",
    "ca": "avui|demà|",
    "uk": "сьогодні|завтра|післязавтра",
    "ru": "сегодня|завтра|послезавтра",
}

COMMON_WORDS = _words(
    "a ago be cz di die do don du e fr fre gi g h i in ja je ju la led lu ma mar may me mi"
    " mit mo ne nie on pa pi po pro sa set sie so sol son st su ti to tor tom ut v ve vi von"
    " w y as am an the is des man og til kl"
    " out segunda segundas terca tercas quarta quartas quinta quintas sexta sextas"
)
"""Short words that mean something else elsewhere: no evidence of a language, and alone no day."""
OF_OWN_LANGUAGE = _words(
    "des luni joi vineri maig dl dt dc dj dv ds dg"
    " out segunda segundas terca tercas quarta quartas quinta quintas sexta sextas"
)
"""Words, folded, that are names or ordinals elsewhere: read in a text of their language only."""
