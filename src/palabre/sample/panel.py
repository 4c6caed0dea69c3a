"""The panel a team at Cyclovent would keep: one watch or more of each kind that the sample feeds."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.model import WatchKind


@dataclass(frozen=True, slots=True)
class SampleWatch:
    """A watch of the sample: its name in both languages, its kind, its query."""

    fr: str
    en: str
    kind: WatchKind
    query: str


PANEL = (
    SampleWatch("Cyclovent", "Cyclovent", WatchKind.ORGANISATION, "Cyclovent OR site:cyclovent.example"),
    SampleWatch("Vélo Zéphyr", "Zéphyr bike", WatchKind.PRODUCT, "Zephyr"),
    SampleWatch("Vélo Mistral", "Mistral bike", WatchKind.PRODUCT, "Cyclovent NEAR/3 Mistral"),
    SampleWatch("Hélène Marsac", "Hélène Marsac", WatchKind.EXECUTIVE, '"Helene Marsac"'),
    SampleWatch("Pédalis", "Pédalis", WatchKind.COMPETITOR, "Pedalis"),
    SampleWatch(
        "Roulia", "Roulia", WatchKind.COMPETITOR, "Roulia NOT (concert OR album OR chante OR gig OR sings OR studio)"
    ),
    SampleWatch("Northwheel", "Northwheel", WatchKind.COMPETITOR, "Northwheel"),
    SampleWatch("Atelier des Deux Roues", "Atelier des Deux Roues", WatchKind.PARTNER, '"Atelier des Deux Roues"'),
    SampleWatch("Ville de Saint-Orvan", "City of Saint-Orvan", WatchKind.PARTNER, "Saint-Orvan"),
    SampleWatch(
        "Sécurité de la batterie",
        "Battery safety",
        WatchKind.THEME,
        "(batterie OR battery OR connecteur OR connector) AND (pluie OR rain OR averse OR shower)",
    ),
    SampleWatch(
        "Vie privée",
        "Privacy",
        WatchKind.THEME,
        "Cyclovent AND (GPS OR trajets OR rides) AND (assureur* OR insurer* OR donnees OR data)",
    ),
    SampleWatch(
        "Aménagements cyclables",
        "Cycling infrastructure",
        WatchKind.THEME,
        '"piste cyclable" OR "cycle lane" OR "plan velo" OR "cycling plan" OR "bike park"',
    ),
    SampleWatch(
        "Campagne « Roulez léger »", "“Ride light” campaign", WatchKind.CAMPAIGN, '"roulez leger" OR "ride light"'
    ),
)
