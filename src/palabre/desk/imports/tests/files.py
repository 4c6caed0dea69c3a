"""Files as people bring them, made by hand."""

from __future__ import annotations

BRANDWATCH = """Report:,Cyclovent mentions
Brand:,Cyclovent
From:,01-Nov-2026
To:,08-Nov-2026

Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Country Code,Author,Full Name,Full Text,\
X Followers,Likes,Comments,Shares,Impressions,Thread Entry Type,Resource Id
1999001,Cyclovent,2026-11-02 08:14:00.0,,The battery of my Cyclovent,https://x.com/i/status/9001,x.com,negative,twitter,\
en,GB,anna_rides,Anna R,"The battery of my Cyclovent died after two days, again.",412,12,3,1,5400,post,9001
1999001,Cyclovent,2026-11-02 09:20:00.0,,Cyclovent est venu,https://x.com/i/status/9002,x.com,positive,twitter,fr,FR,\
lea_velo,Léa V,"Cyclovent est venu réparer mon vélo à domicile : merci !",1200,40,2,6,9100,post,9002
1999001,Cyclovent,2026-11-03 10:00:00.0,A long test of the Cyclovent,We rode it,https://news.example/cyclovent-test,\
news.example,neutral,news,en,US,jo,Jo Writer,"We rode it for a month, in the rain and in the hills.",,,,,,,9003
1999001,Cyclovent,2026-11-03 11:00:00.0,,,https://x.com/i/status/9004,x.com,neutral,twitter,en,GB,empty,Empty,,3,0,0,0,\
10,post,9004
"""

FRENCH = """Réf. interne;Quand;Pseudo;Verbatim;Adresse du message;Réseau
A-1;03/11/2026 10:15;lea;"La batterie tient deux jours ; bravo !";https://forum.example/1;forum
A-2;04/11/2026 11:00;paul;Toujours pas de réponse du service client;https://forum.example/2;forum
A-3;05/11/2026 09:00;zoe;Le magasin de Lyon m’a bien reçue;https://forum.example/3;forum
"""

NDJSON = b"""{"id": "1", "text": "The bell of the Cyclovent rings", "created_at": "2026-11-02T08:00:00Z", "by": "anna"}
{"id": "2", "text": "La sonnette sonne deux fois", "created_at": "2026-11-02T09:00:00Z", "by": "paul"}
{"id": "3", "text": "this line breaks off
"""

SILENT = "reference;when\n1;2026-11-02\n2;2026-11-03\n3;2026-11-04\n"
