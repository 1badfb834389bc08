"""The vocabulary of status markers, as parts of regular expressions, in many languages.

Languages, in this order: English, Polish, French, German, Spanish, Italian, Finnish, Swedish,
Czech; then the usual words of Dutch, Portuguese, Danish, Norwegian, Hungarian, Ukrainian, Russian,
Romanian, Croatian, Catalan and Japanese; Slovak is covered by Czech. Which form makes such words a
marker is decided in :mod:`include.discovery.text.status`.
"""

from __future__ import annotations

from include.discovery.model import EventStatus

# Stems with their endings (gender, number), accents optional since capitals often go without.
WORDS = {
    EventStatus.MOVED_ONLINE: (
        r"(?:moved|now|moved to|now on) (?:online|virtual|zoom)"
        r"|przeniesion[yaei] (?:do (?:sieci|internetu)|online)"
        r"|passée? en ligne|(?:in den )?online(?:-raum)? verlegt|jetzt online"
        r"|findet (?:nun |jetzt )?online statt"
        r"|trasladad[oa] online|(?:spostat[oa]|ora) online|siirretty verkkoon"
        r"|flyttat (?:till nätet|online)|přesunuto online|nu online|verplaatst naar online"
        r"|(?:agora|passa a) online|flyttet (?:til nettet|online)|(?:переведен[оа]|теперь) онлайн"
        r"|тепер онлайн|オンライン開催に変更"
    ),
    EventStatus.CANCELLED: (
        r"cancell?ed|(?:notice of )?cancell?ation(?: notice)?|called off"
        r"|odwo[łl]an[yaeio]|anulowan[yaeio]"
        r"|annul[ée]e?s?|annulation|d[ée]programm[ée]e?s?|supprim[ée]e?s?"
        r"|abgesagt|absage|ausfall|gecancel(?:l?ed|t)"
        r"|entf(?:[äa]|ae)llt(?: leider)?"
        r"|f(?:[äa]|ae)llt (?:(?:leider|heute|morgen|wegen \w+) ){0,3}aus"
        r"|(?:cancel|anul)ad[oa]s?|suspendid[oa]s?"
        r"|(?:annull|cancell)at[oaie]|sospes[oaie]|peruttu|peruutettu|peruuntunut|peruuntuu"
        r"|inst[äa]ll(?:t|d|da)|zru[šs]en[oaéýy]?"
        r"|geannuleerd|gecanceld|afgelast|vervallen|aflyst|avlyst|innstilt|desmarcad[oa]s?"
        r"|elmaradt?|lemondva|törölve|скасован[оаий]|скасовується|відмінен[оаий]"
        r"|отмен[её]н[оаы]?|отменяется|отмена|anulat[ăaei]?|otkazan[oaie]?"
        r"|cancel[·.]?l(?:at|ada)|anul[·.]?lada|中止|開催中止|公演中止"
        # Sentences that say it without a participle.
        r"|(?:will|does) not take place|nie odb[ęe]dzie si[ęe]|n['’](?:aura|a) pas lieu"
        r"|(?:findet|findt) (?:leider |heute ){0,2}nicht statt|muss (?:leider )?(?:ent|aus)fallen"
        r"|se (?:cancela|suspende)|no se (?:celebra|celebrará|realizará)"
        r"|non (?:si terrà|avrà luogo)|ei järjestetä|äger inte rum|blir inte av"
        r"|se (?:nekon[áa]|ru[šs]í)|gaat (?:helaas )?niet door|komt te vervallen"
        r"|не (?:відбудеться|состоится)"
    ),
    EventStatus.RESCHEDULED: (
        r"rescheduled(?: date)?|new date|nowy termin|zmiana terminu|nouvelle date|neuer termin"
        r"|terminänderung|(?:nachhol|ersatz)termin"
        r"|nueva fecha|reprogramad[oa]s?|nuova data|riprogrammat[oaie]|uusi (?:ajankohta|päivä)"
        r"|nytt datum|nov[ýy] term[íi]n|zm[ěe]na term[íi]nu"
        r"|nieuwe datum|ny dato|nova data|(?:reagend|remarc|reprogram)ad[oa]s?|új (?:időpont|dátum)"
        r"|нова дата|зміна дати|новая дата|изменение даты|dată nouă|reprogramat[ăaei]?"
        r"|novi (?:datum|termin)|日程変更|振替公演"
        # Moved to another day; without a date it may be to another place.
        r"|moved to(?= \d)|przeniesion[yaei] na(?= \d)|verlegt auf(?: den)?(?= \d)"
        r"|trasladad[oa] al(?= \d)|spostat[oa] al(?= \d)|flytta[dt] till(?= \d)"
        r"|p[řr]esunut[oaéý]? na(?= \d)|verplaatst naar(?= \d)|flyttet til(?: den)?(?= \d)"
        r"|перенес(?:ен[оаий]|[её]н[аоы]?) на(?= \d)"
    ),
    EventStatus.POSTPONED: (
        r"postponed|prze[łl]o[żz]on[yaei]|report[ée]e?s?|verschoben|aplazad[oa]s?|pospuest[oa]s?"
        r"|(?:rinvi|posticip|rimand)at[oaie]|siirretty|siirtyy|siirtynyt|uppskjut(?:en|et|na)|framflytta[dt]"
        r"|odlo[žz]en[oaéýy]?|p[řr]elo[žz]en[oaéýy]?|uitgesteld|adiad[oa]s?|udskudt"
        r"|udsat|utsatt|elhalasztva|elhalasztották|перенес(?:ен[оаий]|[её]н[аоы]?)"
        r"|перенос|переноситься|переносится|відкладен[оаий]|отлож[её]н[аоы]?|amânat[ăaei]?"
        r"|odgo[đd]en[oaie]?|ajornat|ajornada|延期|公演延期"
    ),
}
# What a status is said of: kinds of events, which are nobody's name.
NOUNS = (
    # en
    r"events?|dates?|shows?|concerts?|gigs?|class(?:es)?|meetings?|sessions?|performances?|tours?"
    r"|screenings?|talks?|lectures?|workshops?|courses?|lessons?|rehearsals?|games?|match(?:es)?"
    r"|practices?|services?|trips?|walks?|hikes?|readings?|part(?:y|ies)|webinars?|seminars?"
    r"|trainings?|hearings?|visits?|films?|movies?|plays?|exhibitions?|markets?|festivals?|fairs?"
    r"|races?|rides?|program(?:me)?s?|story ?times?|mass|conferences?|dinners?|lunch|tournaments?"
    r"|recitals?|matin[ée]es?|signings?|launch|tastings?|excursions?|ceremony|parade|fundraiser"
    r"|activit(?:y|ies)|open house|open mic"
    # pl
    r"|wydarzeni[ea]|imprez[ay]|koncert[y]?|spektakle?|przedstawieni[ea]|seanse?|projekcj[ae]|pokaz[y]?"
    r"|warsztaty|zaj[ęe]cia|spotkani[ea]|wyk[łl]ad[y]?|prelekcja|wernisa[żz]|wystaw[ay]"
    r"|zwiedzanie|wycieczk[ai]|spacery?|pr[óo]b[ay]|mecze?|bieg|kursy?|treningi?|lekcj[ae]|festyn"
    r"|jarmark|piknik|konferencja|szkoleni[ea]|posiedzenie|sesj[ae]|msza|turniej"
    # fr
    r"|[ée]v[ée]nements?|spectacles?|r[ée]unions?|s[ée]ances?|projections?|ateliers?|cours"
    r"|conf[ée]rences?|visites?|repr[ée]sentations?|lectures?|rencontres?|balades?|randonn[ée]es?"
    r"|sorties?|expositions?|r[ée]p[ée]titions?|soir[ée]es?|stages?|f[êe]tes?|march[ée]s?|tournois?"
    # de, with what is put before them in one word: Stadtführung, Yogakurs
    r"|\w{0,20}(?:veranstaltung(?:en)?|konzerte?|vorstellung(?:en)?|f[üu]hrung(?:en)?|kurse?|lesung(?:en)?"
    r"|sitzung(?:en)?|treffen|vortr[aä]g|vorträge|probe|training|unterricht|ausstellung"
    r"|vorf[üu]hrung|wanderung|gottesdienst|auff[üu]hrung|termine?|rundgang|markt|versammlung"
    r"|sprechstunde|auftritt|turnier|ausflug|stammtisch|stunde)"
    # es
    r"|eventos?|conciertos?|funci[óo]n|talleres|taller|reuni[óo]n|sesi[óo]n|charla|conferencia"
    r"|visitas?|clases?|cursos?|espect[áa]culo|proyecci[óo]n|exposici[óo]n|partido|encuentro|fiesta"
    r"|feria|paseo|excursi[óo]n|presentaci[óo]n|ensayo|actividad|torneo|mercado"
    # it
    r"|eventi|concert[oi]|spettacol[oi]|riunione|lezion[ei]|cors[oi]|laboratorio|visita|conferenza"
    r"|proiezione|mostra|incontr[oi]|seminario|partita|festa|passeggiata|escursione|presentazione"
    r"|rappresentazione|seduta|prova"
    # fi
    r"|tapahtuma|konsertti|n[äa]yt[öo]s|esitys|luento|kurssi|ty[öo]paja|kokous|tapaaminen|opastus"
    r"|kierros|n[äa]yttely|ottelu|tunti|harjoitus|keikka|juhla|retki"
    # sv, with the article at the end
    r"|(?:evenemang|m[öo]te)t?|(?:konsert|f[öo]rel[äa]sning|f[öo]rest[äa]llning|visning|kurs|guidning"
    r"|utst[äa]llning|tr[äa]ff|match|tr[äa]ning|lektion|vandring|spelning|gudstj[äa]nst)(?:en)?"
    # cs
    r"|akce|p[řr]edstaven[íi]|p[řr]edn[áa][šs]k[ay]|projekce|sch[ůu]z(?:e|ka)|setk[áa]n[íi]|kurzy?"
    r"|d[íi]lna|v[ýy]stav[ay]|prohl[íi]dka|z[áa]pas|tr[ée]nink|lekce|v[ýy]let|proch[áa]zka|beseda"
    r"|semin[áa][řr]|vystoupen[íi]|z[áa]vod"
    # nl, pt
    r"|evenement|voorstelling|lezing|vergadering|cursus|rondleiding|reuni[ãa]o|sess[ãa]o|oficina"
    r"|optreden|excursie|wandeling|tentoonstelling|wedstrijd|les"
    r"|aula|palestra|espet[áa]culo|pe[çc]a|exposi[çc][ãa]o"
    # da, no
    r"|foredrag(?:et)?|arrangement(?:et)?|forestilling(?:en)?|udstilling(?:en)?|utstilling(?:en)?"
    r"|omvisning(?:en)?|rundvisning(?:en)?|m[øo]te|m[øo]de|kamp"
    # hu, uk, ru
    r"|el[őo]ad[áa]s|rendezv[ée]ny|tanfolyam|концерт|захід|вистава|лекція|зустріч|екскурсія|показ"
    r"|фестиваль|спектакль|лекция|встреча|мероприятие|экскурсия|сеанс"
)
SUBJECT = (
    r"(?:(?:this|the|to(?:day|night)['’]s|dieses?|diese|die|der|das|heutiger?|to|cet(?:te)?|este|esta"
    rf"|questo|questa|la|le) )?(?:{NOUNS})"
)
IS = (
    r"(?:is|are|has been|have been|was|jest|zosta[łl][aoyi]?|est|sont|a été|ist|sind|wurden?|è"
    r"|è stat[oa]|ha sido|está|queda|on|är|har blivit|bylo?|byla|je)"
)
# 'X has been cancelled': no title of a work says it so; 'X is Cancelled' may be one.
HAS_BEEN = (
    r"(?:has been|have been|zosta[łl][aoyi]?|a été|ont été|wurden?|è stat[oa]|sono stat[ie]|ha sido"
    r"|on|har blivit|byl[oay]?|is|are|jest|est|ist|è|está|queda|är|je)"
)
CALL = (  # 'UWAGA! ODWOŁANE: …'
    r"(?:(?:please note|attention|important|update|uwaga|ważne|attention|achtung|wichtig|atención"
    r"|attenzione|huom|obs|pozor)\s*[!:,–-]+\s*)"
)
REASON = (  # 'due to snow', 'en raison de la pluie': why, to the end of what is set apart
    r"(?:due to|because of|owing to|as a result of|for lack of|for \w+ reasons"
    r"|z powodu|ze względu na|en raison d|[àa] cause d"
    r"|pour cause d|faute d|wegen|aufgrund|auf grund|mangels|krankheitsbedingt|wetterbedingt"
    r"|debido a|por causas?|por (?:la )?lluvia|por mal tiempo|a causa d"
    r"|per (?:mal ?tempo|pioggia)|causa (?:mal ?tempo|pioggia|covid)|på grund av|p\.?g\.?a"
    r"|kv[ůu]li|z d[ůu]vodu|vanwege|wegens|devido a|por motivos?|p[åa] grunn av"
    r"|через|из-за|в связи с)"
)
# 'Postponed to 5 May', 'ANNULÉ en raison de la pluie': what may follow before the marker ends.
DETAIL = (
    r"(?P<detail>\s*[:,]?\s*(?:\d|(?:to|until|till?|due|because|for|today|tonight|na|do|z|ze|au|[àa]"
    r"|en|du|jusqu['’]|auf|vom|from|od|dal|del|från|wegen|bis|al?|hasta|por|per|causa|på|grund|para|naar|tot|til|на|до"
    r"|p\.?g\.?a|kv[ůu]li|kun|heute|dzi[śs]|dzisiaj|hoy|oggi|aujourd['’]hui|i ?dag|dnes|tänään"
    r"|indefinitely|bezterminowo)\b)[^()\[\]{}:|]{0,60}?)??"
)
WHY = (
    rf"(?P<why>\s*,?\s*{REASON}[^()\[\]{{}}|]{{0,100}}"
    r"|\s+(?:\w+ ){1,3}(?:vuoksi|takia|johdosta))"
)
# Words with a second meaning: 'reporte' is Spanish for a report, 'annule' a French present tense,
# 'przełożony' a Polish superior. Before a separator they need capitals.
AMBIGUOUS = (
    r"annules?|annulation|supprimes?|vervallen|udsat|отмена|перенос|reportes?|prze[łl]o[żz]on[ya]|suspendid[oa]s?|sospes[oaie]|absage"
    r"|(?:notice of )?cancell?ation(?: notice)?|ausfall"
)
NO_DATE_YET = (
    r"until further notice|indefinitely|bezterminowo|na czas nieokreślony|jusqu['’]à nouvel ordre"
    r"|auf unbestimmte zeit|hasta nuevo aviso|a data da destinarsi|tills vidare|tot nader order"
    r"|på ubestemt tid|на невизначений (?:час|термін)|на неопредел[её]нный срок"
)
# What turns a status into its opposite, or into something that is asked or supposed.
NEGATION = (
    r"(?:^|[\s(\[/:!-])(?:not|isn['’]t|wasn['’]t|hasn['’]t been|never|nie|nicht|niemals|pas|jamais"
    r"|non|no|nunca|ei|eiv[äa]t|inte|ikke|niet|ne|nen[íi]|nikdy|un|almost|nearly|fast|presque|prawie"
    r"|casi|quasi)(?:[\s-]+(?:be|been|being|yet|yet been|es|esté|ole|bylo?|byla|zosta[łl][aoy]?))?"
    r"[\s-]*$"
)
SUPPOSED = (
    r"^\W*(?:no|none|nothing|keine?|nichts|[żz]ad(?:en|na)|aucune?|ning[úu]n|nessuna?"
    r"|if|when|why|what|how|who|whether|the day|in case|czy|kiedy|gdy|je[śs]li|dlaczego|jak"
    r"|si|quand|pourquoi|comment|wenn|warum|wie|was|wer|ob|falls|weil|als|cuando|por qu[ée]|c[óo]mo"
    r"|se|quando|perch[ée]|come|jos|miksi|kun|om|varf[öo]r|n[äa]r|hur|kdy[žz]|pro[čc]|jak)\b|\?\W*$"
)
# 'Christmas is cancelled', 'Schule fällt aus': what is called off there is no event of a calendar.
NO_EVENT = (
    r"(?:christmas|xmas|weihnachten|ostern|silvester|no[ëe]l|navidad|natale|joulu|julen?|vánoce"
    r"|[śs]wi[ęe]ta|easter|life|das leben|love|apocalypse|tomorrow|future|zukunft|schule|strom"
    r"|school|summer|sommer)"
)
ARTICLE = r"(?:the|an?|el|la|los|las|un[ae]?|le|les|die|der|das|il|lo|en|ett)"
LAST_NOUN = rf"(?<![^\W_])(?:{NOUNS})$"
VERB = (
    r"f[äa]llt |entf[äa]llt|take place|odb[ęe]dzie|pas lieu|nicht statt|fallen$"
    r"|no se |se (?:cancela|suspende|ru[šs])|non |ei |inte |nekon|niet door"
)
