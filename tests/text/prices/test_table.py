"""A table of prices as people write them, each with what a person would read there.

``10..25 EUR`` is a range, ``10..`` a price that starts there, ``..10`` one that ends there; ``?``
is an unknown currency, ``free`` a free event, ``text`` wording without an amount, ``none`` nothing
said about a price. An age, an hour, a date, a telephone number or a gift is never taken for one.
"""

from __future__ import annotations

import pytest

from include.discovery.model import Price
from include.discovery.text.prices.parsing import parse_price
from tests.text.prices.price_support import shown

TABLE = """
# English
$10-$12 | 10..12 USD
$12 ADV, $15 DOOR | 12..15 USD
$10 adv / $15 dos | 10..15 USD
£6.50 / £5 conc | 5..6.5 GBP
£10 (£8) | 8..10 GBP
£12.50 + BF | 12.5 GBP
Tickets from £12.50 + bf | 12.5.. GBP
$25 (plus fees) | 25 USD
$0-$20 sliding scale | 0..20 USD
$1,250 | 1250 USD
$1,250.50 - $2,000 | 1250.5..2000 USD
2 for $20 | 20 USD
free for members, £5 otherwise | 0..5 GBP
£5, free for members | 0..5 GBP
free for members | text
kids free | text
£10, kids free | 0..10 GBP
Free for kids under 12, adults $8 | 0..8 USD
first drink free | text
$10, first drink free | 10 USD
$10 includes a free drink | 10 USD
free pizza | text
Buy one get one free | text
free before 11pm, £5 after | 0..5 GBP
free before 11pm | text
Free for all | free
Free with RSVP | free
Free, donations welcome | free
Free (18+) | free
Free 18+ | free
FREE!!! | free
Entry is free | free
Admission: free | free
Not free | text
Pay what you can | text
Pay what you can ($5 minimum) | 5.. USD
PWYC $5-$20 | 5..20 USD
By donation | text
Suggested donation $10 | 10 USD
Sold out | text
SOLD OUT - $20 | 20 USD
All ages, $10 | 10 USD
$8 ages 5-12 | 8 USD
under-18s £5, over 60s £7 | 5..7 GBP
18 & over $15 | 15 USD
Adults $15, children 5-12 $8 | 8..15 USD
$10 at door, 8 in advance | 8..10 USD
21+ | none
ages 8-12 | none
Doors 7pm, show 8 pm, $15 | 15 USD
Doors at 7, $15 | 15 USD
May 5, $10 | 10 USD
5th edition | text
2026 | none
Edition 2026: £15 | 15 GBP
1h30 | none
90 min | none
15 GBP, 90 min | 15 GBP
call 555-123-4567, $10 | 10 USD
(555) 123-4567 | none
MX$650.00 | 650 MXN
CA$15 | 15 CAD
R$ 40,00 | 40 BRL
$15 USD | 15 USD
USD 15.00 | 15 USD
15 dollars | 15 USD
£5 off | none
50% off | text
around $20 | 20 USD
$20 or more | 20.. USD
$5 and up | 5.. USD
less than $20 | ..20 USD
$7/10 | 7..10 USD
£1 | 1 GBP
$.50 | 0.5 USD
3 bands, 1 night, $9 | 9 USD
Room 101, 15 GBP | 15 GBP
# Polish
20zł/15zł | 15..20 PLN
zł 20 | 20 PLN
bilety: 40-80 zł | 40..80 PLN
20 PLN przedsprzedaż, 30 PLN w dniu koncertu | 20..30 PLN
20 zł (ulgowy 15) | 15..20 PLN
bilet normalny 30 zł, ulgowy 20 zł | 20..30 PLN
od 18 lat | none
wstęp wolny od 18 lat | free
Wstęp: 10 zł; dzieci do lat 7 bezpłatnie | 0..10 PLN
Wstęp wolny, obowiązują zapisy | free
wejściówki bezpłatne | free
wstęp płatny | text
cena: 1 200 zł | 1200 PLN
30 złotych | 30 PLN
30 zl | 30 PLN
PLN30 | 30 PLN
bilety od 49 zł | 49.. PLN
ok. 50 zł | 50 PLN
Karnet 120 zł / bilet 40 zł | 40..120 PLN
30 zł/os. | 30 PLN
bilet 25zł; ulgowy 15zł | 15..25 PLN
Bilety 30 zł, tel. 500 600 700 | 30 PLN
Bilety 30 zł, 500 600 700 | 30 PLN
godz. 19.00, wstęp 15 zł | 15 PLN
o godz. 19, 15 zł | 15 PLN
darmowy parking, bilety 20 zł | 20 PLN
bezpłatny parking | text
co łaska | text
20 zł (w tym 1 napój gratis) | 20 PLN
25 zł + opłata serwisowa 2 zł | 25 PLN
12.12.2026, 25 zł | 25 PLN
3D | text
# French
Entrée: 12€ (réduit 8€), gratuit -12 ans | 0..12 EUR
Tarif plein : 18 € — tarif réduit : 12 € | 12..18 EUR
de 10 à 15 euros | 10..15 EUR
10€ / 8€ / 5€ | 5..10 EUR
à partir de 15,50 € | 15.5.. EUR
Gratuit sur inscription | free
gratuit pour les moins de 12 ans | text
10 € (gratuit pour les moins de 12 ans) | 0..10 EUR
participation libre | text
au chapeau | text
5€ adhérents, 8€ non-adhérents | 5..8 EUR
15 euros sur place, 12 en prévente | 12..15 EUR
dès 8 ans | none
dès 8 ans, 10 € | 10 EUR
à partir de 6 ans | none
20h30, 12 € | 12 EUR
à 20 h, 12 € | 12 EUR
Durée 1h30, 12 € | 12 EUR
parking gratuit | text
payant | text
12€50 | 12.5 EUR
1 200 € | 1200 EUR
1 conso offerte, 10 € | 10 EUR
# German
AK 15 € / VVK 12 € | 12..15 EUR
VVK: 12 €, AK: 15 € | 12..15 EUR
Abendkasse | text
10,- | 10 ?
10,- Euro | 10 EUR
€ 10,50 | 10.5 EUR
10 €/8 € | 8..10 EUR
1.200,00 € | 1200 EUR
Eintritt 8,- / 5,- erm. | 5..8 ?
Eintritt: 12/8 Euro | 8..12 EUR
15 € (erm. 10 €) | 10..15 EUR
15 € (erm. 10) | 10..15 EUR
zwischen 10 und 20 Euro | 10..20 EUR
12€ zzgl. Gebühren | 12 EUR
12 € zzgl. 2 € Gebühr | 12 EUR
19 Uhr | none
19-21 Uhr, 5 € | 5 EUR
Eintritt frei, um Spenden wird gebeten | free
Eintritt: frei | free
Der Eintritt ist frei | free
Freier Eintritt bis 22 Uhr, danach 10 € | 0..10 EUR
Einlass 19 Uhr, Beginn 20 Uhr, AK 10 € | 10 EUR
10 €, Kinder frei | 0..10 EUR
10 €, Kinder bis 12 Jahre frei | 0..10 EUR
Kinder kostenlos | text
freie Platzwahl | text
barrierefrei | text
ab 12 Euro | 12.. EUR
ab 16 | text
FSK 16 | none
CHF 25.–/20.– | 20..25 CHF
12 Euro pro Person | 12 EUR
Spende | text
# Spanish
Entrada: 10 € anticipada / 12 € taquilla | 10..12 EUR
desde 15 € | 15.. EUR
Gratis hasta completar aforo | free
Entrada libre y gratuita | free
niños gratis, adultos 5 € | 0..5 EUR
niños gratis | text
15€ + gastos | 15 EUR
de 10 a 15 euros | 10..15 EUR
aportación voluntaria | text
a las 21, 10 € | 10 EUR
21:00 h, 10 € | 10 EUR
mayores de 18 años, 10 € | 10 EUR
MXN 650 | 650 MXN
parking gratis | text
10 euros (consumición incluida) | 10 EUR
# Italian
ingresso libero | free
Ingresso gratuito | free
Biglietto intero € 10, ridotto € 7 | 7..10 EUR
10 € intero / 8 € ridotto | 8..10 EUR
da 15 € | 15.. EUR
€ 10,00 + d.p. | 10 EUR
a pagamento | text
offerta libera | text
Alle 21, ingresso 5 euro | 5 EUR
alle 21 | none
ore 21 | none
ore 21.30 - 10 € | 10 EUR
gratuito per i soci, 5€ per gli altri | 0..5 EUR
gratuito per i soci | text
Ingresso 10 euro con tessera | 10 EUR
# Finnish
liput 10/5 € | 5..10 EUR
maksuton | free
Liput alkaen 15 € | 15.. EUR
Ei pääsymaksua | free
Ilmainen sisäänpääsy | free
5 € / alle 7-v. ilmaiseksi | 0..5 EUR
K18 | none
K-18 | none
K18, 10 € | 10 EUR
ikäraja 18 | none
ennakko 20 €, ovelta 25 € | 20..25 EUR
klo 19.30, 10 € | 10 EUR
klo 19–21 | none
ei ilmainen | text
15–20 € | 15..20 EUR
# Swedish
150:- | 150 ?
100:-/80:- | 80..100 ?
Fri entré | free
Gratis | free
Gratis inträde | free
Inträde: 120 kr | 120 ?
Entré 100 kr, studenter 80 kr | 80..100 ?
Biljetter från 295 kr | 295.. ?
kl 19.00, 100 SEK | 100 SEK
åldersgräns 18 år | text
barn under 12 gratis | text
SEK 250 | 250 SEK
fri entré för medlemmar, 100 SEK för övriga | 0..100 SEK
# Czech
Kč 200 | 200 CZK
200 Kč | 200 CZK
vstup zdarma | free
Vstupné: 150 Kč / 100 Kč | 100..150 CZK
150,- Kč | 150 CZK
dobrovolné vstupné | text
zdarma pro děti do 6 let, dospělí 150 Kč | 0..150 CZK
předprodej 200 Kč, na místě 250 Kč | 200..250 CZK
od 150 Kč | 150.. CZK
od 15 let | none
od 19 hod., 150 Kč | 150 CZK
1 200 Kč | 1200 CZK
vstup volný | free
# Dutch
vanaf € 12,50 | 12.5.. EUR
€ 15 / € 12 | 12..15 EUR
€ 10 of € 8 | 8..10 EUR
Toegang: € 7,- | 7 EUR
tot € 25 | ..25 EUR
Vrije toegang | free
Vrij entree | free
# Portuguese
a partir de 10 € | 10.. EUR
entre 10 e 20 € | 10..20 EUR
R$ 1.250,00 | 1250 BRL
até 20 € | ..20 EUR
Entrada franca | free
Grátis | free
Contribuição livre | text
# Danish and Norwegian
fra 150 kroner | 150.. ?
fra NOK 150 | 150.. NOK
Fri adgang | free
Fri inngang | free
Gratis inngang | free
# Hungarian
3500 Ft-tól | 3500.. HUF
Jegyár: 3.500-4.500 Ft | 3500..4500 HUF
A belépés ingyenes | free
díjtalan | free
# Ukrainian and Russian
від 250 грн | 250.. UAH
Квитки: 300–800 грн. | 300..800 UAH
до 500 грн | ..500 UAH
Вхід вільний | free
безкоштовно | free
от 1 500 ₽ | 1500.. RUB
Билеты 500/700 руб. | 500..700 RUB
500 рублей | 500 RUB
Вход бесплатный | free
# Romanian, Slovak, Croatian
de la 50 lei | 50.. RON
Intrare liberă | free
Vstup zadarmo | free
Ulaz slobodan | free
# Japanese
前売3,000円 / 当日3,500円 | 3000..3500 JPY
3,000円〜 | 3000.. JPY
入場無料 | free
# Of several languages, and mixed
mind. 10 € | 10.. EUR
mindestens 10 € | 10.. EUR
Tickets start at $20 | 20.. USD
£10 (+£1.50 bf) | 10 GBP
$20/person | 20 USD
£10 per person (min 2 people) | 10 GBP
2x 10 € | 10 EUR
24/7 | none
10 € le 5 mai | 10 EUR
100% free | free
0,50 € | 0.5 EUR
15 000 Ft | 15000 HUF
15.000 Ft | 15000 HUF
€3.500 | 3500 EUR
10 US$ | 10 USD
Tickets $15-$20, door $25 | 15..25 USD
$15; $12 students; $10 kids | 10..15 USD
$5 suggested | 5 USD
Free! ($5 suggested donation) | 0..5 USD
No cover charge | free
no ticket required | text
$10 (cash only) | 10 USD
Cover: $5 | 5 USD
£5/£4 | 4..5 GBP
£5/4 | 4..5 GBP
£15.00 - £25.00 | 15..25 GBP
£15 - 25 | 15..25 GBP
Free - £5 | 0..5 GBP
Adults: £5.00, Children: £2.50, Under 5s: Free | 0..5 GBP
Adult £12, Concession £8, Family (2+2) £30 | 8..30 GBP
Table for 4: £80 | 80 GBP
from £8 to £12 | 8..12 GBP
Starting at $25 | 25.. USD
£10 on the door | 10 GBP
10 Euro im VVK, 12 Euro an der AK | 10..12 EUR
VVK 10 Euro / AK 12 Euro | 10..12 EUR
VVK ab 22,90 € zzgl. Geb. | 22.9.. EUR
Eintritt: 5 Euro, ermäßigt 3 Euro | 3..5 EUR
5 (3) Euro | 3..5 EUR
5,- (ermäßigt 3,-) Euro | 3..5 EUR
EUR 12,00 bis 24,00 | 12..24 EUR
Preis: 12,00–24,00 € | 12..24 EUR
Beginn: 20:00 Uhr | text
Eintritt auf Spendenbasis | text
Pay as you wish | text
12 Termine, 60 € | 60 EUR
Kostenfrei, Anmeldung erforderlich | free
Teilnahme kostenlos | free
ingresso 10€ con consumazione | 10 EUR
Ingresso: intero 12€; ridotto 8€ | 8..12 EUR
€5 | 5 EUR
5€ | 5 EUR
Prix : 5 € | 5 EUR
Tarifs : 22€ / 18€ (réduit) / 12€ (-26 ans) | 12..22 EUR
Plein tarif 20 €, -18 ans 10 € | 10..20 EUR
Entrée 5 euros, gratuit pour les enfants | 0..5 EUR
Gratuit jusqu'à 12 ans, 5 € | 0..5 EUR
Entrée gratuite dans la limite des places disponibles | free
sur réservation au 01 23 45 67 89 | text
sur réservation au 01.23.45.67.89, 5 € | 5 EUR
Gratis, previa inscripción | free
Precio: 12 € (venta anticipada), 15 € (taquilla) | 12..15 EUR
Entradas 10€/12€ | 10..12 EUR
$ 15.000 COP | 15000 COP
Bilety: 30 zł (przedsprzedaż), 40 zł (w dniu) | 30..40 PLN
Bilety 30/40 zł | 30..40 PLN
30-40 PLN | 30..40 PLN
wstęp: 15/10 zł (normalny/ulgowy) | 10..15 PLN
35 zł, 25 zł ulgowy, dzieci do 3 lat gratis | 0..35 PLN
Cena biletu 50zł. Spektakl trwa 90 minut. | 50 PLN
Bilet rodzinny (2+2): 100 zł | 100 PLN
od 15zł do 25zł | 15..25 PLN
Wstęp bezpłatny. Liczba miejsc ograniczona do 30. | free
Wstęp bezpłatny | free
dzieci bezpłatnie | text
Liput 20 / 15 / 10 € | 10..20 EUR
Liput 25 e | 25 ?
Vapaa pääsy! Tervetuloa! | free
Ingen entré | text
Inträde 150 kr (förköp 120 kr) | 120..150 ?
Barn 50 kr, vuxna 100 kr | 50..100 ?
Vstupné: dospělí 120 Kč, děti 60 Kč | 60..120 CZK
Vstup: 100,- | 100 ?
100,-/80,- Kč | 80..100 CZK
na místě 300 Kč, děti do 10 let zdarma | 0..300 CZK
Sala 2 | text
ul. Długa 12 | text
https://example.org/tickets/123 | text
Tickets: www.example.org | text
info@example.org | text
Early bird $25 until 1 May, then $35 | 25..35 USD
$25 until May 1 | 25 USD
4 for £20 | 20 GBP
$5-10 sliding scale, NOTAFLOF | 5..10 USD
Sliding scale 5-10 | text
gratis för medlemmar | text
Kids under 3 free; $12 all others | 0..12 USD
Children free with paying adult £8 | 0..8 GBP
free for under 16s | text
Free entry until 10pm | text
FREE ENTRY ALL NIGHT | free
free as in beer | free
# Doubtful ones: hours, ages, days and labels beside prices
Wstęp: 20-30 zł, 18+ | 20..30 PLN
bilety 50/70/90 zł od 18 lat | 50..90 PLN
wejście 15 zł (po 22:00 20 zł) | 15..20 PLN
w cenie 30zł lampka wina | 30 PLN
od 7 do 12 lat, 40 zł | 40 PLN
dla dzieci 3-6 lat | text
7-12 lat | none
grupa 10 osób, 30 zł/os. | 30 PLN
15 osób | text
cena 25 zł za osobę, dzieci do 5. roku życia bezpłatnie | 0..25 PLN
10 zł + 8% VAT | 10 PLN
1,5h, 40 zł | 40 PLN
11:00-13:00, 40 zł | 40 PLN
11-13, 40 zł | 40 PLN
11.00 - 13.00, 40 zł | 40 PLN
8 maja, 40 zł | 40 PLN
8.05, 40 zł | 40 PLN
8 i 9 maja 40 zł | 40 PLN
sala nr 12, 40 zł | 40 PLN
40 zł, sala 12 | 40 PLN
nr 5 | text
Eintritt ab 18, 10 € | 10 EUR
ab 18! Eintritt 10 € | 10 EUR
10 € VVK / 12 € AK / 8 € erm. | 8..12 EUR
8/10/12 € | 8..12 EUR
Eintritt frei ab 18 | free
Eintritt frei bis 12 Jahre | text
Eintritt frei – Spende erwünscht | free
Nur mit Anmeldung | text
für Kinder von 6 bis 10 | text
für Kinder von 6 bis 10 Jahren | text
von 6 bis 10 | text
20.15 Uhr: 10 € | 10 EUR
Mi 20 Uhr 10 € | 10 EUR
10 € inkl. MwSt. | 10 EUR
10 € (inkl. 1,50 € VVK-Gebühr) | 10 EUR
5,00 – 9,00 EUR | 5..9 EUR
5 Euro/3 Euro | 3..5 EUR
tarif unique 5€ | 5 EUR
5€ la séance | 5 EUR
5€ + adhésion 2€ | 2..5 EUR
de 6 à 12 ans : 5 € | 5 EUR
de 6 à 12 ans | text
à partir de 3 ans - 5 € | 5 EUR
14h-18h 5€ | 5 EUR
14h à 18h : 5 € | 5 EUR
le 12 mai, 5 € | 5 EUR
gratuit - 12 ans | text
gratuit, dès 6 ans | free
gratuit (sur réservation) | free
gratuit le 1er dimanche, 5 € sinon | 0..5 EUR
entrada 5€, niños menores de 12 años gratis | 0..5 EUR
de 18:00 a 20:00, 5 € | 5 EUR
a las 18.30 h. 5 € | 5 EUR
+18 años | text
mayores de 16 | text
5 € por persona | 5 EUR
€5/10 | 5..10 EUR
dalle 18 alle 22, 5 € | 5 EUR
h 21:00 - ingresso 5€ | 5 EUR
h. 21, 5 euro | 5 EUR
0-3 anni | none
gratis fino a 12 anni | text
gratis per tutti | free
Liput 25/20 €, ennakkoon 22 € | 20..25 EUR
Lippu 10 e | 10 ?
Pääsymaksu 5 € | 5 EUR
vapaa pääsy, K18 | free
klo 18-20, 5 € | 5 EUR
5 €/hlö | 5 EUR
alle 12 v. ilmaiseksi | text
120 kr (100 kr för medlemmar) | 100..120 ?
Fri entré, 18 år | free
kl. 18-20, 120 SEK | 120 SEK
från 7 år | none
barn 7-12 år | text
120:- / 80:- (stud) | 80..120 ?
dospělí 100 Kč, děti 50 Kč, rodinné 250 Kč | 50..250 CZK
od 18:00, 100 Kč | 100 CZK
děti 3–15 let 50 Kč | 50 CZK
pro děti od 3 let | text
$10 ($12 day of show) | 10..12 USD
$10/$12 | 10..12 USD
$10.00 (+ $2.50 fee) | 10 USD
$10 + tax | 10 USD
10 dollars at the door | 10 USD
10 at the door | 10 ?
21 and over, $10 | 10 USD
21 & up $10 | 10 USD
Ages 21 and up | none
6-8 pm $10 | 10 USD
6pm-8pm | none
6:00 - 8:00, $10 | 10 USD
from 6 to 8, $10 | 10 USD
Week 3, $10 | 10 USD
Class of 2026, $10 | 10 USD
Route 66 | text
Studio 54, £10 | 10 GBP
Top 10 hits, £5 | 5 GBP
£5 for 3 drinks | 5 GBP
2-for-1 £10 | 10 GBP
£10 (2 for 1) | 10 GBP
No. 5, £10 | 10 GBP
Vol. 3 - £10 | 10 GBP
Part 2 / £10 | 10 GBP
£10, £8, £6 | 6..10 GBP
£10 & £8 | 8..10 GBP
£10 or £8 concessions | 8..10 GBP
£8.50–£22 | 8.5..22 GBP
donation | text
free / donation | free
Free entry (donations welcome) | free
Free but ticketed | free
Free, ticketed | free
Free to attend | free
FREE ADMISSION WITH RSVP | free
not for free | text
This is not a free event | text
hands-free workshop | text
free jazz concert, 20 € | 20 EUR
Freejazz | text
free jazz | text
Free Willy | text
free improvisation | text
"""
ROWS = [
    line.rpartition(" | ")[::2] for line in TABLE.strip().splitlines() if not line.startswith("#")
]


@pytest.mark.parametrize(("text", "read"), ROWS)
def test_a_price_is_read_as_a_person_would(text: str, read: str) -> None:
    assert shown(parse_price(text)) == read


@pytest.mark.parametrize("text", [text for text, read in ROWS if read == "text"])
def test_a_text_without_an_amount_is_kept_whole(text: str) -> None:
    assert parse_price(text) == Price(text=text)
