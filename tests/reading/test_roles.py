"""The parts of a clause: who did it, to what, and what else is named."""

import pytest

from orca2.graders import span

# by question: gold answer, response, outcome; "not correct" leaves open which
CASES: dict[str, list[tuple[str, str, str]]] = {
    "What play is it?": [
        ("Who's Afraid of Virginia Woolf?", "The play is Who's Afraid of Virginia Woolf? by Edward Albee.", "correct"),
        ("Mission: Impossible", 'The play is "Mission: Impossible".', "correct"),
    ],
    "What was it shaped like?": [
        ("Urinals!", "It was shaped like urinals.", "correct"),
    ],
    "Who was president during the war?": [
        ("United States", "Ada Brook was the president of the United States during the war.", "wrong"),
    ],
    "Who was shot in Gera?": [
        ("Texas", "Mira Holt was shot in Gera, Texas.", "wrong"),
    ],
    "What is the name of the kangaroo?": [
        ("Roo", "The kangaroo is named Kanga, and her joey is named Roo.", "wrong"),
        ("Kanga", "The kangaroo is named Kanga, and her joey is named Roo.", "correct"),
    ],
    "What was the first ship?": [
        ("Norway", "Solveig was the first ship to be built by Norway.", "wrong"),
        ("Solveig", "Solveig was the first ship to be built by Norway.", "correct"),
    ],
    "Who voiced the captain?": [
        ("Family Guy", "The captain was voiced by Ada Brook, the creator of Family Guy.", "wrong"),
    ],
    "Which club is called the Toffees?": [
        ("Everton", "The club is Everton FC.", "correct"),
    ],
    "When is the best time to go?": [
        ("June to August", "The best time to go is from June to August.", "correct"),
        ("August", "The best time to go is from June to August.", "wrong"),
    ],
    "What colour is its tongue?": [
        ("blue", "Its tongue is blue-black.", "wrong"),
    ],
    "What are the colours of the flag?": [
        ("blue, white and red", "The colours of the flag are blue, white, and red.", "correct"),
        ("blue, white and red", "The colours of the flag are red, white and blue.", "correct"),
        ("blue, white and red", "The colours of the flag are blue, white, red and green.", "wrong"),
        ("blue, white and red", "The colours of the flag are blue and white.", "wrong"),
    ],
    "What are the ingredients of the soup?": [
        ("salt", "The ingredients of the soup are leek, salt and water.", "correct"),
    ],
    "What is the soup made of?": [
        ("salt", "The soup is made of leek, salt and water.", "wrong"),
    ],
    "The mill at Gera was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed. Who planned the mill?": [
        ("Ella Quist", "The mill was planned by Ella Quist and built by Hugh Farr.", "correct"),
        ("Hugh Farr", "The mill was planned by Ella Quist and built by Hugh Farr.", "wrong"),
    ],
    "The mill at Gera was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed. Who built the mill?": [
        (
            "Hugh Farr",
            "The old mill was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed.",
            "correct",
        ),
        ("Ella Quist", "The old mill was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed.", "wrong"),
        ("Tom Reed", "The old mill was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed.", "wrong"),
    ],
    "The mill at Gera was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed. Who painted the mill?": [
        ("Tom Reed", "Tom Reed painted it.", "correct"),
        ("Tom Reed", "Hugh Farr built it and Tom Reed painted it.", "correct"),
        ("Hugh Farr", "Hugh Farr built it and Tom Reed painted it.", "wrong"),
    ],
    "The mill at Gera was planned by Ella Quist, built by Hugh Farr, and painted by Tom Reed. Where is the mill?": [
        ("Gera", "The mill is at Gera.", "correct"),
        ("Gera", "The mill is in Gera, Germany.", "correct"),
        ("Gera", "The mill is between Gera and Halle.", "not correct"),
        ("Gera", "The mill is ten miles from Gera.", "not correct"),
        ("Gera", "The mill is not in Gera but in Halle.", "not correct"),
    ],
    "Who discovered the island?": [
        ("Ada Brook", "The island was discovered by Ada Brook (1802-1870).", "correct"),
        ("Ada Brook", "The island was discovered in 1830 by the sailor Ada Brook and her crew.", "not correct"),
        ("Ada Brook", "The island was discovered by a sailor named Ada Brook.", "correct"),
        ("Ada Brook", "Ada Brook is the one who discovered the island.", "correct"),
        ("Ada Brook", "It was Ada Brook that discovered it.", "correct"),
        ("Ada Brook", "The discoverer of the island is Ada Brook.", "correct"),
        ("Ada Brook", "The island's discoverer was Ada Brook.", "correct"),
        ("Ada Brook", "In 1830, the island was discovered by Ada Brook, after whom it is named.", "correct"),
        ("Ada Brook", "Sam Dean discovered the island, which was later sold to Ada Brook.", "wrong"),
        ("Ada Brook", "Sam Dean discovered the island in the service of Ada Brook.", "wrong"),
        ("Ada Brook", "Sam Dean, not Ada Brook, discovered the island.", "wrong"),
        ("Sam Dean", "Sam Dean, not Ada Brook, discovered the island.", "correct"),
        ("Ada Brook", "Sam Dean discovered the island; Ada Brook later mapped it.", "wrong"),
        ("Ada Brook", "Sam Dean discovered the island. It is named after Ada Brook.", "wrong"),
        ("Ada Brook", "The island was named for Ada Brook and discovered by Sam Dean.", "wrong"),
        ("Ada Brook", "The Ada Brook discovered the island.", "correct"),
        ("Ada Brook", "Ada Brook's crew discovered the island.", "wrong"),
        ("Ada Brook", "Two sailors, Ada Brook and Sam Dean, discovered the island.", "wrong"),
        ("Ada Brook", "Sailors including Ada Brook discovered the island.", "wrong"),
        ("Ada Brook", "Ada Brook and Sam Dean both claim to have discovered the island.", "wrong"),
        ("Ada Brook", "It's unclear whether Ada Brook discovered the island.", "not correct"),
        ("Ada Brook", "If the diary is right, Ada Brook discovered the island.", "not correct"),
        ("Ada Brook", "Perhaps Ada Brook, perhaps Sam Dean.", "not correct"),
        ("Ada Brook", "The other island was discovered by Ada Brook.", "not correct"),
        ("Ada Brook", "Ada Brook discovered another island.", "not correct"),
        ("Ada Brook", "Ada Brook discovered the coast.", "wrong"),
    ],
    "What is the largest planet?": [
        ("Jupiter", "Jupiter is the largest planet in the solar system.", "correct"),
        ("Jupiter", "The largest planet is Jupiter, followed by Saturn.", "correct"),
        ("Saturn", "The largest planet is Jupiter, followed by Saturn.", "wrong"),
        ("Saturn", "Saturn is the second-largest planet after Jupiter.", "not correct"),
        ("Jupiter", "Saturn is the second-largest planet after Jupiter.", "not correct"),
        ("Jupiter", "Jupiter", "correct"),
        ("Jupiter", "**Jupiter** is the largest planet.\n\n- Diameter: 143,000 km\n- Moons: 95", "correct"),
        ("Jupiter", "The planets are Mercury, Venus, Earth, Mars, Jupiter, Saturn, Uranus and Neptune.", "wrong"),
    ],
    "Which metal is liquid?": [
        ("mercury", "Mercury is liquid at room temperature.", "correct"),
        ("mercury", "The metal that is liquid is mercury.", "correct"),
        ("mercury", "Mercury and gallium are liquid.", "wrong"),
        ("mercury", "Iron is not liquid, mercury is.", "correct"),
        ("iron", "Iron is not liquid, mercury is.", "not correct"),
    ],
    "What does the sign mean?": [
        ("no entry", "The sign means no entry.", "correct"),
        ("no entry", 'The sign means "no entry" for cars.', "correct"),
        ("no entry", "It means entry.", "wrong"),
    ],
    "What is the opposite of hot?": [
        ("cold", "The opposite of hot is cold.", "correct"),
        ("cold", "The opposite of cold is hot.", "wrong"),
        ("cold", "Cold is the opposite of hot.", "correct"),
        ("cold", "Warm, not cold.", "not correct"),
    ],
    'Translate to English: "le couteau"': [
        ("the knife", '"Le couteau" means "the knife".', "correct"),
        ("the knife", '"Le couteau" is "knife" in English.', "correct"),
        ("the knife", '"La fourchette" means "the knife".', "not correct"),
        ("the knife", 'The translation is "the knife and fork".', "not correct"),
    ],
    "Who has the key?": [
        ("Tobias", "Noor gave the key to Iris, who gave it to Tobias. Tobias has the key.", "correct"),
        ("Iris", "Noor gave the key to Iris, who gave it to Tobias. Tobias has the key.", "wrong"),
        ("Tobias", "Tobias has it.", "correct"),
        ("Tobias", "Tobias does.", "correct"),
        ("Tobias", "Tobias had the key, but now Iris has it.", "wrong"),
        ("Tobias", "Iris has the key, Tobias has the map.", "wrong"),
        ("Tobias", "Iris doesn't have the key. Tobias does.", "correct"),
    ],
    "What is the name of the ship?": [
        ("Solveig", "The ship is the Solveig.", "correct"),
        ("Solveig", "The name of the ship is 'Solveig'.", "correct"),
        ("Solveig", "Its name is Solveig.", "correct"),
        ("Solveig", "The captain's name is Solveig.", "not correct"),
        ("Solveig", "The ship, Solveig, sank in 1900.", "correct"),
        ("Solveig", "The sister ship of the Solveig is the Hamn.", "wrong"),
        ("Hamn", "The sister ship of the Solveig is the Hamn.", "not correct"),
    ],
    "Which day is the trip?": [
        ("Friday", "The trip is on Friday.", "correct"),
        ("Friday", "The trip is on Friday, 3 May.", "correct"),
        ("Friday", "The trip is from Thursday to Friday.", "not correct"),
        ("Friday", "The trip is the day after Friday, on Saturday.", "not correct"),
        ("Saturday", "The trip is the day after Friday, on Saturday.", "correct"),
        ("Friday", "Today is Friday. The trip is on Monday.", "wrong"),
        ("Friday", "Today is Monday, so four days later is Friday.", "correct"),
        ("Monday", "Today is Monday, so four days later is Friday.", "wrong"),
        ("Friday", "Monday + 4 days = Friday", "correct"),
        ("Friday", "Therefore, the trip will take place on Friday.", "correct"),
    ],
    'Who is the author of the book "Grey Harbour"?': [
        ("Mira Holt", '"Grey Harbour" was written by Mira Holt.', "correct"),
        ("Mira Holt", "Mira Holt wrote Grey Harbour, and Sam Dean wrote Blue Bay.", "correct"),
        ("Sam Dean", "Mira Holt wrote Grey Harbour, and Sam Dean wrote Blue Bay.", "wrong"),
        ("Sam Dean", "The book was translated by Sam Dean and written by Mira Holt.", "wrong"),
        ("Sam Dean", "The author is Mira Holt. The translator is Sam Dean.", "wrong"),
        ("Mira Holt", "The author is Mira Holt. The translator is Sam Dean.", "correct"),
        ("Grey Harbour", "The author of Grey Harbour is Mira Holt.", "wrong"),
    ],
}


@pytest.mark.parametrize(
    ("question", "target", "response", "outcome"), [(asked, *case) for asked, cases in CASES.items() for case in cases]
)
def test_prose(question: str, target: str, response: str, outcome: str) -> None:
    found = span.load().grade(target, response, question).outcome
    assert found == outcome or (outcome == "not correct" and found != "correct")
