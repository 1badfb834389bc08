"""The vocabulary of matching: which words of a title or a name tell events apart, and which do not.

Languages: English, Polish, French, German, Spanish, Italian, Finnish, Swedish, Czech. All words are
folded (see ``text.cleaning.fold``).

Long because it is a list of words in nine languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _rows(text: str) -> list[list[str]]:
    """Read words of one meaning from each row; an indented line goes on with it."""
    return [row.split() for row in text.replace("\n      ", " ").splitlines() if row.strip()]


FILLERS: Final = _words(
    """
    a an the of and or at in on to for from by with w feat featuring ft presents present presented
    presenting hosted host vs s t d l n i z ze we na do dla od oraz o u przy pod nad le la les un
    une de des du et au aux en dans sur pour par avec chez presente presentent der die das den dem
    ein eine einer und im am auf zu zum zur fur mit von vom bei beim ins aus nach uber prasentiert
    gegen el los las una y e del al con por para presenta il lo gli dei della delle dello di da
    nel nella alla allo alle agli ai sul sulla nei nelle per ed contra contre vastaan przeciw ja
    se klo esittaa och pa med av till det ett v ve k ke za pro
    """
)
"""Words that say nothing by themselves."""

NOISE: Final = _words(
    """
    live event events ticket tickets biletow bilety bilet billets billet billetterie eintritt
    karten entradas entrada biglietti biglietto liput lippu biljetter biljett vstupenky vstupenka
    free gratis kostenlos kostenfrei gratuit gratuite darmowy darmowe bezplatny bezplatne wstep
    wolny ilmainen zdarma annual annuel jahrlich official new cancelled canceled postponed
    rescheduled odwolane odwolany przelozone annule reporte abgesagt verschoben cancelado aplazado
    annullato rinviato peruttu siirretty installt zruseno odlozeno soldout tba tbc today tonight
    dzis heute hoy oggi tanaan ikvall dnes concert concerts koncert koncerty konzert konzerte
    concierto conciertos concerto concerti konsertti konsert koncertu show shows gig spectacle
    spektakl veranstaltung wydarzenie ausverkauft complet agotado agotada agotados agotadas
    esgotado wyprzedane wyprzedany esaurito loppuunmyyty slutsalt vyprodano vivo omu omeu omdu ome
    ov vo vf vost vostf vostfr 35mm 16mm 70mm 4k dcp imax evenement evento tapahtuma evenemang
    akce offsite registration register
    """
)
"""What people add to a title without changing what it names."""

_SHARED: Final = """
    music musik musique musica muzyka musiikki hudba
    night nights noc nocy nuit nacht noche noches notte nuitee
    evening evenings abend soiree wieczor velada serata ilta kvall vecer
    day days dzien jour tag dia giorno paiva dag den
    week semaine woche semana settimana tydzien viikko vecka tyden
    weekend wochenende
    morning matinal matin morgen manana mattina poranna poranny poranek aamu morgon rano
    afternoon nachmittag tarde pomeriggio popoludnie iltapaiva eftermiddag odpoledne
    club klub kerho circolo
    class classes course courses kurs kurse cours curso clase clases corso kurssi kurz zajecia tunti
    lesson lessons lecon leccion lezione lekcja lektion lekce oppitunti
    workshop workshops warsztaty atelier werkstatt taller laboratorio tyopaja verkstad dilna
        meeting meetings meetup spotkanie reunion treffen riunione kokous mote setkani encuentro
    rencontre
    group groups grupa groupe gruppe grupo gruppo ryhma grupp skupina
    session sessions sesja seance sesion sessione
    program programme programm programa programma ohjelma
    series serie cykl reihe ciclo rassegna sarja cyklus
    talk talks lecture lectures wyklad prelekcja vortrag conferencia charla conferenza luento
      forelasning prednaska
    conference konferenz konferencja
    discussion conversation conversations gesprach dyskusja entretien conversacion keskustelu
    author authors autor autorin auteur autore autorskie kirjailija
    reading readings lesung lectura lecture letture lukupiiri czytanie lettura
    book books buch livre libro ksiazka kirja bok kniha
    story stories storytime storytelling cuento cuentos conte contes marchenstunde bajka bajki satu
      satutunti sagostund pohadka
    craft crafts basteln bricolage manualidades askartelu
    art arts sztuka kunst arte taide konst umeni
        exhibit exhibits exhibition exhibitions wystawa exposition ausstellung exposicion mostra
    nayttely
      utstallning vystava
    gallery galerie galeria galleria
        film films movie movies kino cinema pokaz projection filmvorfuhrung pelicula elokuva bio
    screening
        theatre theater teatr teatro teatteri teater divadlo play plays schauspiel spektakl naytelma
    obra
      piece pjes
    comedy komedia comedie komodie comedia commedia
    open offene offener otwarta otwarty ouverte ouvert abierto abierta aperto avoin oppen otevrena
    mic mikro micro buhne scena scene escenario lava
    quiz trivia concurso preguntas visa tietovisa
    bingo
    karaoke
    jam
    game games gaming spiel spiele spieleabend gra gry jeu jeux juego gioco peli spel hra
    party impreza fete feier fiesta festa juhlat fest slavnost
    dance dancing taniec tance danse tanz tanze baile ballo tanssi dans tanec
    yoga joga jooga
    fitness
    walk walking spacer marche spaziergang paseo passeggiata kavely vandring prochazka
    hike wanderung wycieczka randonnee
    tour tours guided zwiedzanie oprowadzanie visite visita fuhrung guidee guiada kierros opastus
      rundtur prohlidka
    festival festivals festiwal festiwalu festivaali festivalu
    parade parada umzug defile desfile sfilata paraati parad pruvod
    carnival karneval karnawal carnaval carnevale karnevaali masopust
    opera oper ooppera
    ballet ballett balet balletto baletti
    circus zirkus cyrk cirque circo sirkus cirkus
    organ orgel organy orgue organo urut varhany
    christmas weihnachten noel navidad natale joulu jul vanoce vanocni swiateczny bozonarodzeniowy
    easter ostern paques wielkanoc wielkanocny pascua pasqua paasiainen pask velikonoce velikonocni
    summer sommer ete verano kesa sommar lato letni leto
    winter hiver invierno inverno talvi vinter zima zimowy zimni
    spring fruhling fruhjahr printemps primavera kevat wiosna wiosenny jaro jarni
    autumn fall herbst automne otono autunno syksy jesien jesienny podzim podzimni
    parents eltern rodzice padres genitori vanhemmat foraldrar rodice
    council rada stadtrat gemeinderat conseil consejo consiglio valtuusto zastupitelstvo
    committee komisja ausschuss comite comision commissione lautakunta utskott vybor
    market markets targ jarmark markt marche mercado mercato markkinat marknad trh
    fair messe foire feria fiera kiermasz messut
    chess schach szachy szachowy echecs ajedrez scacchi shakki schack sachy
    pottery keramik ceramica ceramique poterie ceramika keramiikka topfern topferkurs
    drawing zeichnen aktzeichnen rysunek dessin dibujo disegno piirustus teckning kresleni
    choir chor choeur coro chor kuoro kor sbor
    orchestra orchester orchestre orquesta orkiestra orkesteri orkester
    child children kid kids dzieci enfant enfants kinder ninos bambini lapset barn deti
    family families famille familie familia famiglia perhe familj rodzina rodzinny rodinny
    library bibliothek bibliotheque biblioteca biblioteka kirjasto bibliotek knihovna mediatheque
    museum museums museen musee musees museo museos musei muzeum muzeow muzea museet
        closed geschlossen ferme fermee cerrado cerrada chiuso zamkniete zamknieta suljettu stangt
    zavreno
    dinner abendessen diner cena kolacja illallinen
    lunch brunch
    breakfast fruhstuck desayuno colazione sniadanie aamiainen
    tasting degustacja degustation verkostung cata degustazione
    wine wein vin vino wino viini
    beer bier biere cerveza birra piwo olut
    repair reparatur reparation reparacion naprawa naprawcza korjaus reparatie
    help support
    opening eroffnung
    training treening
    beginner beginners beginning
    volunteer volunteers
"""
"""Words that many events share, those of one meaning in a row (an indented line goes on)."""

_OTHER_SHARED: Final = _words(
    """
    sale band quartet trio ensemble jazz rock blues folk dj happy hour baby babies toddler toddlers
    preschool teen teens tween tweens adult adults senior seniors youth food board
    commission public community city town county state regular monthly weekly daily special closing
        house first second third holiday demo run ride
    practice
    match race sport sports tech time stay fun build social intermediate advanced intro introduction
        basics basic level levels certification online virtual zoom hybrid drop join all every us
    new best
    world history
    """
)
GENERIC: Final = _OTHER_SHARED | {word for row in _rows(_SHARED) for word in row}
"""Words that many events share: they count for less, and alone they prove little."""

MEANING: Final[dict[str, str]] = {word: row[0] for row in reversed(_rows(_SHARED)) for word in row}
"""Words that many events share, each with the one that stands for its meaning in all languages."""

KINDS: Final = frozenset({"film", "talk", "exhibit", "reading"})
"""Meanings that only say what kind of event a title names: 'Film: The Mill' is 'The Mill'."""

BESIDE: Final = frozenset({"workshop", "talk", "tour", "class", "lesson", "reading", "discussion"})
"""Meanings of what may be given beside a show: a workshop with an act is not its concert."""

DATES: Final = _words(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays
    thursdays fridays saturdays sundays mon tue tues wed thu thur thurs fri sat sun january
    february march april may june july august september october november december jan feb mar
    apr jun jul aug sep sept oct nov dec am pm uhr godz h hod klo kl noon poniedzialek wtorek
    sroda czwartek piatek sobota niedziela stycznia lutego marca kwietnia maja czerwca lipca
    sierpnia wrzesnia pazdziernika listopada grudnia lundi mardi mercredi jeudi vendredi
    samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre
    novembre decembre montag dienstag mittwoch donnerstag freitag samstag sonntag januar
    februar marz juni juli oktober dezember lunes martes miercoles jueves viernes sabado
    domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
    diciembre lunedi martedi mercoledi giovedi venerdi domenica gennaio febbraio aprile maggio
    giugno luglio settembre ottobre dicembre maanantai tiistai keskiviikko torstai perjantai
    lauantai sunnuntai tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta
    heinakuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta mandag tisdag onsdag
    torsdag fredag lordag sondag januari februari augusti pondeli utery streda ctvrtek patek
    nedele ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince
    """
)
"""Names of days and months: the date stands in a field of its own."""

_SPELLINGS: Final = {
    "theater": "theatre theatres",
    "center": "centre centres",
    "program": "programme",
    "color": "colour",
    "harbor": "harbour",
    "st": "saint street sankt",
    "mount": "mt",
    "doctor": "dr",
    "avenue": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "highway": "hwy",
    "parkway": "pkwy",
    "lane": "ln",
    "square": "sq",
    "fort": "ft",
    "1": "first 1st one",
    "2": "second 2nd ii two zwei deux dwa kaksi",
    "3": "third 3rd iii three drei trois tres trzy kolme",
    "4": "fourth 4th iv four vier quatre cuatro quattro cztery nelja fyra ctyri",
    "5": "fifth 5th five funf cinq cinco cinque piec viisi",
    "6": "6th sixth vi six sechs seis szesc kuusi",
    "7": "7th seventh vii seven sieben siete sette siedem",
    "8": "8th eighth viii eight acht huit ocho osiem",
    "9": "9th ninth nine neun neuf nueve",
    "10": "10th tenth ten zehn diez dziesiec",
    "part": "pt czesc partie teil parte osa del cast",
    "book club": "bookclub",
}
SAME_WORD: Final[Mapping[str, str]] = {
    spelling: word for word, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
"""Spellings of one word, each with the one that stands for all."""

_SESSIONS: Final = {
    "age": {
        "baby": "infant baby babies babytime bebe niemowleta bebes vauvat",
        "toddler": "toddler toddlers",
        "preschool": "preschool preschooler preschoolers przedszkolaki",
        "children": "kid kids children dzieci enfants kinder ninos bambini lapset barn deti",
        "tween": "tween tweens",
        "teen": "teen teens mlodziez ados jugend jovenes nuoret ungdom",
        "adult": "adult adults dorosli adultes erwachsene adultos adulti aikuiset vuxna dospeli",
        "senior": "senior seniors seniorzy senioren mayores seniorit",
    },
    "level": {
        "beginner": (
            "beginner beginners beginning intro introduction introductory poczatkujacy "
            "poczatkujacych debutant debutants anfanger principiantes principianti alkeet "
            "nyborjare zacatecnici poczatkujaca debutante debutantes principiante zacatecnik"
        ),
        "intermediate": (
            "intermediate sredniozaawansowany sredniozaawansowanych intermediaire mittelstufe "
            "intermedio"
        ),
        "advanced": (
            "advanced zaawansowany zaawansowanych avance fortgeschrittene avanzado avanzato "
            "jatko avancerad pokrocili zaawansowani zaawansowana avances confirme confirmes "
            "edistyneet avancerade pokrocily"
        ),
    },
    "hour": {
        "early": (
            "matinee matinees poranek early morning nachmittagsvorstellung matutina pomeridiana "
            "paivanaytos afternoon popoludniowy odpoledni"
        ),
        "late": (
            "late evening wieczor wieczorny soiree abendvorstellung nocturna serale iltanaytos "
            "vecerni"
        ),
    },
    "language": {
        "english": (
            "english angielsku angielski anglais englisch ingles inglese englanti englanniksi "
            "engelska anglicky"
        ),
        "polish": (
            "polish polsku polski polonais polnisch polaco polacco puola puolaksi polska polsky"
        ),
        "french": (
            "french francusku francuski francais franzosisch frances francese ranska ranskaksi "
            "franska francouzsky"
        ),
        "german": (
            "german niemiecku niemiecki allemand deutsch aleman tedesco saksa saksaksi tyska "
            "nemecky"
        ),
        "spanish": (
            "spanish hiszpansku hiszpanski espagnol spanisch espanol spagnolo espanja espanjaksi "
            "spanska spanelsky"
        ),
        "italian": (
            "italian wlosku wloski italien italienisch italiano italia italiaksi italienska italsky"
        ),
        "finnish": (
            "finnish finsku finski finnois finnisch finlandes finlandese suomi suomeksi finska "
            "finsky"
        ),
        "swedish": (
            "swedish szwedzku szwedzki suedois schwedisch sueco svedese ruotsi ruotsiksi svenska "
            "svedsky"
        ),
        "czech": (
            "czech czesku czeski tcheque tschechisch checo ceco tsekki tsekiksi tjeckiska cesky"
        ),
        "ukrainian": (
            "ukrainian ukrainsku ukrainski ukrainien ukrainisch ucraniano ucraino ukraina "
            "ukrainaksi ukrainska ukrajinsky"
        ),
        "portuguese": (
            "portuguese portugalsku portugalski portugais portugiesisch portugues portoghese "
            "portugisiska portugalsky"
        ),
        "russian": "russian rosyjsku rosyjski russe russisch ruso russo ryska rusky",
        "chinese": (
            "chinese mandarin chinsku chinski chinois chinesisch chino cinese kinesiska cinsky"
        ),
        "japanese": (
            "japanese japonsku japonski japonais japanisch japones giapponese japanska japonsky"
        ),
        "arabic": "arabic arabsku arabski arabe arabisch arabo arabiska arabsky",
        "dutch": "dutch niderlandzku neerlandais niederlandisch neerlandes olandese hollanti",
        "vietnamese": "vietnamese",
        "korean": "korean",
        "cantonese": "cantonese",
        "somali": "somali",
    },
    "version": {
        "original": (
            "subtitled subtitles napisy napisami sottotitoli untertitel untertiteln subtitulada "
            "subtituladas alkuperainen tekstitetty originalfassung originalversion omu omdu vo "
            "vost vostfr vose titulky"
        ),
        "dubbed": (
            "dubbed dubbing dubbingiem synchronfassung synchronisiert doblada dubbattu vf dabing "
            "dabovany doppiato"
        ),
    },
    "team": {
        "men": (
            "men mens male boys mezczyzn mezczyzni hommes messieurs herren manner hombres "
            "masculino uomini maschile miehet miesten herrar muzi"
        ),
        "women": (
            "women womens female girls ladies kobiet kobiety femmes dames feminin damen frauen "
            "mujeres femenino donne femminile naiset naisten damer zeny"
        ),
    },
}
SESSIONS: Final[Mapping[str, tuple[str, str]]] = {
    word: (category, mark)
    for category, marks in _SESSIONS.items()
    for mark, words in marks.items()
    for word in words.split()
}
"""Words that tell sessions of one programme apart: if both titles have one, they must agree."""

VERSIONS: Final[Mapping[tuple[str, str], str]] = {
    ("version", "originale"): "original",
    ("version", "francaise"): "dubbed",
    ("version", "original"): "original",
    ("version", "espanola"): "dubbed",
    ("versione", "originale"): "original",
    ("versione", "italiana"): "dubbed",
}
"""Two words in a row that tell the showings of one film apart."""

COUNTED: Final = _words(
    """
    part day week session round chapter episode vol volume no nr lesson class night group
    level stage set show odcinek dzien seans jour tag dia giorno sesion seance termin edycja
    edition osa del dil heat module unit
    """
)
"""Words that make the number behind them tell sessions apart: ``Part 2``, ``Day 1``."""

_PARTS: Final = """
    preview previews avantpremiere voransicht
    opening reception vernissage wernisaz vernisaz vernisage eroffnung inauguration inauguracja
      inauguracion inaugurazione avajaiset invigning otwarcie
    closing finissage finisaz derniere
    aftershow afterparty after
    propos piosenek einfuhrung konzerteinfuhrung werkeinfuhrung preconcert previa
    pass passi festivaalipassi festivalpass festivalticket karnet abono bono abonnement
    preshow preperformance pregame talkback warmup soundcheck backstage
    rehearsal proba repetition probe ensayo prova harjoitus repetice
    audition auditions casting castings
    vip upgrade package pakiet addon
    parking parkplatz parkowanie
    vorverkauf presale
    livestream stream simulcast
    lunch
    brunch
    dinner
    picnic
    shuttle
    camping
    masterclass
    encounter greet
    signing dedicace
"""
_FIRST_OR_LAST: Final = frozenset({"opening", "closing"})
"""Words that name a part in one title, and in another only its first or last day."""

PARTS: Final[dict[str, str]] = {
    word: row[0] for row in _rows(_PARTS) for word in row if word not in _FIRST_OR_LAST
}
"""Words of a part or an extra of an event, each with the one that stands for its meaning.

If one title alone has one, it may be the part only.
"""

DOORS: Final = _words(
    """
    doors door einlass turoffnung portes puertas porte apertura ouverture bramy bram otwarcie
    wejscie ovet dorrar dorrarna inslapp dvere vstup portas abertura
    """
)
"""Words of texts before the hour at which people are let in: 'Doors 7pm'."""

BEGINS: Final = _words(
    """
    at show shows start starts starting begin begins music film dance concert beginn beginnt um
    konzert debut concierto concerto inizio poczatek koncert alkaa keikka borjar zacatek inicio o as
    a godz klo kl
    """
)
"""Words of texts before the hour at which it begins: 'Show 8'."""

TRIBUTES: Final = _words(
    """
        tribute tribut tributo tribuutti tribuuttiilta hommage homenaje omaggio coverband revival
    candlelight
    """
)
"""Words of an evening about an act by others: if one title alone has one, the act may be absent."""

_PLACES: Final = """
    library libraries biblioteka bibliotheque bibliothek biblioteca kirjasto bibliotek
      biblioteket knihovna mediatheque mediateka mediathek bucherei
    church chapel kosciol kaplica eglise chapelle kirche kapelle iglesia capilla ermita chiesa
      cappella kirkko kappeli kyrka kyrkan kapell kostel kaple
    cathedral katedra cathedrale dom catedral duomo cattedrale tuomiokirkko domkyrka katedrala
    theater teatr teatro teatre teatteri teater teatern divadlo playhouse
    cinema kino cine elokuvateatteri biograf
    museum muzeum musee museo museu museet muzeet
    gallery galeria galerie galleria galleri
    park parks parc parque parco puisto
    garden gardens ogrod jardin jardines garten giardino giardini tradgard zahrada
    hall sala salle saal salon sali sal auditorium aula auditorio halle
    school szkola ecole schule escuela scuola koulu skola
    university uniwersytet universite universitat universidad universita yliopisto universitet
      univerzita
    college kolegium hochschule
    center centrum zentrum centro keskus
    club klub kerho
    bar pub tavern taverne taberna
    cafe kawiarnia kavarna kahvila caffe
    restaurant restauracja ristorante restaurante ravintola restaurang restaurace
    brewery brewing browar brasserie brauerei cerveceria birrificio panimo bryggeri pivovar taproom
      brewpub brew
    winery vineyards vineyard wines wine cellars weingut bodega cantina
    stadium stadion stade estadio stadio estadi stadionu
    arena areena
    hotel hotelli
    house haus maison casa talo hus dum
    square plac place platz plaza piazza placa tori torg namesti
    market markt marche mercado mercato
    studio studios
    culture cultural kultury kultur cultura kulttuuri kulturalne kulturhaus kulturelle kultura
    arts art
"""
"""Kinds of places, those of one kind in a row (an indented line goes on)."""

_OTHER_PLACES: Final = _words(
    """
    lounge estate farm inn resort casino room building fairgrounds community deli delicatessen
    bistro pizzeria bookstore books shop store grill kitchen tasting senior youth performing
    performance music
    """
)
KIND_OF_PLACE: Final[Mapping[str, str]] = {word: word for word in _OTHER_PLACES} | {
    word: row[0] for row in reversed(_rows(_PLACES)) for word in row
}
"""Kinds of places, each with the word that stands for it in all languages."""

PLACES: Final = frozenset(KIND_OF_PLACE)
"""Kinds of places: two places of one kind share them. A place is told by its other words."""
EATERIES: Final = _words("bar cafe restaurant lounge bistro pizzeria dining")
"""Kinds of places of which one house has several: its café is not its dining room."""

PLACE_NOISE: Final = _words(
    """
    regional regionalny regionalna regionale municipal municipale miejski miejska miejskie
    wojewodzka wojewodzki stadtische stadtisches stadtischer communal comunale kommunal mestska
    mestske mestsky public publica publico publique publiczna pubblica offentliche the inc llc ltd
    co company compagnie cie gmbh ev sp zoo sa srl spa oy ab as sro branch filia filiale
    succursale sucursal zweigstelle main venue location by sponsored downtown formerly dawniej
    ehemals anciennement antes im imienia
    """
)
"""Words of a place's name that come and go."""

ROOMS: Final = _words(
    """
    room rm hall stage studio auditorium gallery lobby patio courtyard terrace rooftop basement
    lounge ballroom foyer upstairs downstairs floor area annex wing sala salle saal sali sal scena
    scene scenen salen buhne escenario palco nayttamo lava suite classroom cafeteria gym gymnasium
    lawn garden mainstage screen auditorio kameralna kameralny kammersaal studiobuhne estudio
    chamber conference parking lot space theater tent field court aula amphitheatre anfiteatro
    cellar keller piwnica sotano kellari kallare sklep backroom boardroom loft mezzanine entrance
    eingang wejscie entree entrada ingresso building bldg gmach raum zimmer pokoj pavilion
    pavillon pawilon pabellon kabinett etage pietro kerros patro garten ogrod dziedziniec hof
    """
)
"""Words for parts of a building."""

SIZES: Final = _words(
    """
    big great large main small little upper lower gross grosser kleiner kleine grand grande petit
    petite grandes gran pequena piccola duza mala maly duzy velky iso pieni stora lilla stor
    """
)
"""Words that make a room of what follows: 'Großer Saal', 'Duża Scena'."""

ROOMS_FIRST: Final = _words(
    "sala salle saal salon sali sal scena scene aula auditorium auditorio amphitheatre studio room"
)
"""Those of them behind which a room has a name of its own: 'Sala Mozart'."""

BUILDINGS: Final = frozenset({"city", "town", "village", "county"})
"""Words before 'hall' that make a building of it, not a room."""

STREETS: Final = _words(
    """
    st avenue road boulevard highway parkway lane drive doctor way court place square
    suite
    ste unit ul ulica al aleja aleje pl plac os rue strasse str platz weg calle via viale corso
    piazza
    east west north south e w n s nw ne sw se room floor fl apt between and
    """
)
"""Words of an address that are no name: kinds of streets, directions, units."""

CALENDARS: Final = _words(
    """
    events event calendar kalender kalendarz agenda calendrier programme program programm schedule
    tickets shows whats on upcoming index html php aspx home tapahtumat evenemang akce eventi
    eventos
    wydarzenia repertuar spielplan veranstaltungen evenements concerts
    """
)
"""Words in addresses of pages: one that has no others leads to a calendar."""
