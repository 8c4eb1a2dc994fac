"""Open questions, answered as models answer them."""

import pytest

from orca2.graders import span

OPEN = [
    (
        "who wrote the music for the lion king",
        "Hans Zimmer",
        "The music for The Lion King was composed by Hans Zimmer.",
    ),
    (
        "what is the capital city of australia",
        "Canberra",
        "The capital city of Australia is Canberra, not Sydney as many people believe.",
    ),
    (
        "where is the great barrier reef located",
        "off the coast of Queensland",
        "The Great Barrier Reef is located off the coast of Queensland, Australia.",
    ),
    (
        "where is the great barrier reef located",
        "Coral Sea",
        "The Great Barrier Reef is located in the Coral Sea, off the coast of Queensland in northeastern Australia.",
    ),
    (
        "who is the lead singer of coldplay",
        "Chris Martin",
        "Chris Martin is the lead vocalist of the British rock band Coldplay.",
    ),
    (
        "who is the lead singer of coldplay",
        "Chris Martin",
        "The lead singer of Coldplay is Chris Martin. He co-founded the band with Jonny Buckland in 1996.",
    ),
    (
        "who played the joker in the dark knight",
        "Heath Ledger",
        'Heath Ledger played the role of the Joker in "The Dark Knight" (2008). He won a posthumous'
        " Academy Award for his performance.",
    ),
    (
        "who painted the ceiling of the sistine chapel",
        "Michelangelo",
        "The ceiling of the Sistine Chapel was painted by Michelangelo between 1508 and 1512.",
    ),
    (
        "who painted the ceiling of the sistine chapel",
        "Michelangelo",
        "The Sistine Chapel ceiling was painted by the Italian Renaissance artist Michelangelo di "
        "Lodovico Buonarroti Simoni.",
    ),
    (
        "who invented the telephone",
        "Alexander Graham Bell",
        "Alexander Graham Bell is credited with inventing the first practical telephone in 1876, "
        "although others such as Elisha Gray and Antonio Meucci also worked on similar devices.",
    ),
    (
        "what is the longest river in south america",
        "Amazon River",
        "The Amazon River is the longest river in South America, stretching approximately 4,000 miles.",
    ),
    (
        "what is the longest river in south america",
        "the Amazon",
        "The longest river in South America is the Amazon River.",
    ),
    (
        "who was the first person to walk on the moon",
        "Neil Armstrong",
        "The first person to walk on the Moon was American astronaut Neil Armstrong, on July 20, 1969.",
    ),
    (
        "who was the first woman to win a nobel prize",
        "Marie Curie",
        "Marie Curie was the first woman to win a Nobel Prize. She won the Nobel Prize in Physics "
        "in 1903 together with her husband Pierre Curie and Henri Becquerel.",
    ),
    (
        "what does the acronym NASA stand for",
        "National Aeronautics and Space Administration",
        "NASA stands for National Aeronautics and Space Administration.",
    ),
    (
        "what does the acronym NASA stand for",
        "National Aeronautics and Space Administration",
        'The acronym NASA stands for the "National Aeronautics and Space Administration".',
    ),
    (
        "which planet is known as the red planet",
        "Mars",
        "Mars is known as the Red Planet because of its reddish appearance.",
    ),
    (
        "what is the chemical symbol for gold",
        "Au",
        'The chemical symbol for gold is Au, which comes from the Latin word "aurum".',
    ),
    ("what is the currency of japan", "yen", "The currency of Japan is the Japanese yen."),
    ("who directed the movie jaws", "Steven Spielberg", "Jaws (1975) was directed by Steven Spielberg."),
    ("who directed the movie jaws", "Steven Spielberg", "The director of the movie Jaws is Steven Spielberg."),
    (
        "who is the current ceo of microsoft",
        "Satya Nadella",
        "As of my last update, the CEO of Microsoft is Satya Nadella, who took over from Steve Ballmer in 2014.",
    ),
    (
        "who is the ceo of microsoft",
        "Satya Nadella",
        "As of 2023, Satya Nadella is the CEO of Microsoft Corporation.",
    ),
    (
        "who sang the original version of hallelujah",
        "Leonard Cohen",
        'The original version of "Hallelujah" was sung by Leonard Cohen, a Canadian singer-songwriter.',
    ),
    ("who sang hallelujah first", "Leonard Cohen", '"Hallelujah" was first recorded by Leonard Cohen in 1984.'),
    (
        "who plays katniss in the hunger games",
        "Jennifer Lawrence",
        "Katniss Everdeen is played by Jennifer Lawrence in The Hunger Games film series.",
    ),
    ("in which city is the eiffel tower", "Paris", "The Eiffel Tower is located in Paris, France."),
    ("in which country was the pizza invented", "Italy", "Pizza as we know it today was invented in Naples, Italy."),
    (
        "what was the name of the ship that darwin sailed on",
        "HMS Beagle",
        "Darwin sailed on a ship called HMS Beagle.",
    ),
    ("what was the name of darwin's ship", "HMS Beagle", "Charles Darwin's ship was named the HMS Beagle."),
    (
        "what are the colors of the french flag",
        "blue, white and red",
        "The colors of the French flag are blue, white, and red.",
    ),
    (
        "what are the three states of matter",
        "solid, liquid and gas",
        "The three states of matter are: solid, liquid, and gas.",
    ),
    (
        "what are the three states of matter",
        "solid, liquid and gas",
        "The three states of matter are:\n\n1. Solid\n2. Liquid\n3. Gas",
    ),
    ("what element has the atomic number 6", "Carbon", "Carbon has the atomic number 6."),
    ("what element has the atomic number 6", "Carbon", "The element with the atomic number 6 is carbon (C)."),
    ("which bird lays the largest egg", "Ostrich", "The ostrich lays the largest egg of any living bird."),
    ("which animal is the tallest", "giraffe", "Giraffes are the tallest animals."),
    ("what is the national sport of japan", "Sumo", "Sumo wrestling is the national sport of Japan."),
    ("what instrument did louis armstrong play", "trumpet", "Louis Armstrong played the trumpet."),
    (
        "what instrument did louis armstrong play",
        "trumpet",
        "Louis Armstrong was famous for playing the trumpet (and cornet).",
    ),
    ("where was mozart born", "Salzburg", "Wolfgang Amadeus Mozart was born in Salzburg, in present-day Austria."),
    (
        "where did the titanic sink",
        "North Atlantic Ocean",
        "The Titanic sank in the North Atlantic Ocean, about 370 miles off the coast of Newfoundland.",
    ),
    (
        "where does the nile river end",
        "Mediterranean Sea",
        "The Nile River flows north and empties into the Mediterranean Sea in Egypt.",
    ),
    (
        "what causes tides",
        "the moon",
        "Tides are caused primarily by the gravitational pull of the moon and, to a lesser extent, the sun.",
    ),
    (
        "why do leaves change color in the fall",
        "chlorophyll breaks down",
        "Leaves change color in the fall because chlorophyll breaks down, revealing other pigments.",
    ),
    (
        "who was president during the civil war",
        "Abraham Lincoln",
        "Abraham Lincoln was the president of the United States during the Civil War.",
    ),
    ("who succeeded queen victoria", "Edward VII", "Queen Victoria was succeeded by her eldest son, Edward VII."),
    (
        "Which English king was killed at the Battle of Bosworth Field?",
        "Richard III",
        "King Richard III was killed at the Battle of Bosworth Field in 1485.",
    ),
    (
        "Which English king was killed at the Battle of Bosworth Field?",
        "Richard III",
        "The English king who was killed at the Battle of Bosworth was Richard III.",
    ),
    (
        "Which actor starred with Julia Roberts in Pretty Woman?",
        "Richard Gere",
        "Richard Gere starred opposite Julia Roberts in Pretty Woman.",
    ),
    (
        "Which actor starred with Julia Roberts in Pretty Woman?",
        "Richard Gere",
        'Richard Gere starred alongside Julia Roberts in the 1990 film "Pretty Woman".',
    ),
    (
        "Who wrote the novel Frankenstein?",
        "Mary Shelley",
        'Mary Shelley wrote the novel "Frankenstein; or, The Modern Prometheus".',
    ),
    (
        "In the Harry Potter books, what is the name of Hagrid's dog?",
        "Fang",
        "Hagrid's dog in the Harry Potter series is named Fang.",
    ),
    ("What is the collective noun for a group of crows?", "murder", "A group of crows is called a murder."),
    (
        "What is the collective noun for a group of crows?",
        "a murder",
        'The collective noun for crows is "a murder of crows."',
    ),
    ("Which US state is nicknamed the Sunshine State?", "Florida", 'Florida is nicknamed the "Sunshine State."'),
    ("Who was the Greek goddess of wisdom?", "Athena", "Athena was the Greek goddess of wisdom, war, and crafts."),
    (
        "Who was the Greek goddess of wisdom?",
        "Athena",
        "In Greek mythology, the goddess of wisdom was Athena (Minerva to the Romans).",
    ),
    (
        "What is the main ingredient of guacamole?",
        "avocado",
        "The main ingredient of guacamole is avocado, mashed with lime juice, onion, and cilantro.",
    ),
    ("What is the main ingredient of guacamole?", "avocado", "Guacamole is made mainly from avocados."),
    ("How did Amy Winehouse die?", "alcohol poisoning", "Amy Winehouse died of alcohol poisoning in 2011."),
    ("how did princess diana die", "car crash", "Princess Diana died in a car crash in Paris on August 31, 1997."),
    ("how do bees communicate", "by dancing", "Bees communicate by dancing, in what is called the waggle dance."),
    (
        "what is the highest mountain in africa",
        "Mount Kilimanjaro",
        "The highest mountain in Africa is Mount Kilimanjaro in Tanzania, at 5,895 meters.",
    ),
    ("what is the highest mountain in africa", "Kilimanjaro", "Mount Kilimanjaro is the highest mountain in Africa."),
    (
        "who did the us fight in the revolutionary war",
        "Great Britain",
        "In the Revolutionary War, the United States fought against Great Britain.",
    ),
    (
        "which company owns instagram",
        "Facebook",
        "Instagram is owned by Facebook (now Meta), which acquired it in 2012.",
    ),
    ("what is a group of lions called", "a pride", "A group of lions is called a pride."),
    ("what year did it happen", "the year of the great fire", "It happened in the year of the great fire."),
    ("who is batman's sidekick", "Robin", "Batman's sidekick is Robin."),
    ("who is batman's sidekick", "Robin", "Robin is Batman's sidekick, and his real name is Dick Grayson."),
    (
        "who killed abraham lincoln",
        "John Wilkes Booth",
        "Abraham Lincoln was assassinated by John Wilkes Booth on April 14, 1865, at Ford's Theatre.",
    ),
    (
        "who was the author of brave new world",
        "Aldous Huxley",
        "Brave New World was written by Aldous Huxley and published in 1932.",
    ),
    ("what language do they speak in brazil", "Portuguese", "The official language of Brazil is Portuguese."),
    ("what language do they speak in brazil", "Portuguese", "In Brazil, they speak Portuguese."),
    ("what is the hardest natural substance", "diamond", "Diamond is the hardest natural substance known on Earth."),
    ("what sport does serena williams play", "tennis", "Serena Williams is a professional tennis player."),
    ("what sport does serena williams play", "tennis", "Serena Williams plays tennis."),
]


@pytest.mark.parametrize(("question", "target", "response"), OPEN)
def test_open_questions(question: str, target: str, response: str) -> None:
    assert span.load().grade(target, response, question).outcome == "correct"
