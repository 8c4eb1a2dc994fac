"""A few made rows of each benchmark in the shape that its hub copy or its own files have."""

from typing import Any

Rows = list[dict[str, Any]]

TEXT = "Tom had 3 apples and bought 4 more at the market. Later he gave 2 of them to Ann."
DROP_NONE = {"day": "", "month": "", "year": ""}
SHAPES: dict[str, tuple[str, Rows]] = {
    "gsm8k": ("gsm8k/test.jsonl", [{"question": "What is 3 + 4?", "answer": "3 + 4 = <<3+4=7>>7\n#### 7"},
                                   {"question": "And 1,000 + 1?", "answer": "#### 1,001"}]),
    "bbh": ("bbh/snarks.json", [{"examples": [
        {"input": "Which?\nOptions:\n(A) one\n(B) two", "target": "(B)"}, {"input": "Is it so?", "target": "No"}]}]),
    "agieval": ("agieval/sat-en.jsonl", [
        {"passage": TEXT, "question": "How many?", "options": ["(A)5", "(B)7", "(C)2", "(D)3"], "label": "A"},
        {"passage": None, "question": "Who?", "options": ["(A)Tom", "(B)Ann"], "label": "B"}]),
    "arc_easy": ("arc_easy.jsonl", [
        {"id": "x", "question": "What is hot?", "choices": {"text": ["ice", "fire"], "label": ["A", "B"]},
         "answerKey": "B"},
        {"id": "y", "question": "What is cold?", "choices": {"text": ["ice", "fire"], "label": ["1", "2"]},
         "answerKey": "1"}]),
    "arc_challenge": ("arc_challenge.jsonl", [
        {"query": "Question: What is hot?", "choices": ["ice", "fire", "snow"], "gold": 1}]),
    "mmlu": ("mmlu.jsonl", [
        {"question": "2 + 2?", "subject": "algebra", "choices": ["1", "2", "3", "4"], "answer": 3},
        {"question": "3 + 3?", "subject": "algebra", "choices": ["6", "2", "3", "4"], "answer": 0}]),
    "lambada": ("lambada.jsonl", [{"text": "He took the key and opened the door"}]),
    "truthfulqa": ("truthfulqa.jsonl", []),
    "drop": ("drop.jsonl", [
        {"section_id": "s", "query_id": "q1", "passage": TEXT, "question": "How many apples were left?",
         "answer": {"number": "5", "date": DROP_NONE, "spans": []},
         "validated_answers": {"number": ["5", ""], "date": [DROP_NONE, DROP_NONE], "spans": [[], ["five"]]}},
        {"section_id": "s", "query_id": "q2", "passage": TEXT, "question": "Who is named?",
         "answer": {"number": "", "date": DROP_NONE, "spans": ["Tom", "Ann"]},
         "validated_answers": {"number": [], "date": [], "spans": []}},
        {"section_id": "s", "query_id": "q3", "passage": TEXT, "question": "When?",
         "answer": {"number": "", "date": {"day": "4", "month": "March", "year": "1789"}, "spans": []},
         "validated_answers": {"number": [], "date": [], "spans": []}}]),
    "crass": ("crass.jsonl", [
        {"idx": 0, "inputs": "Q: A man drinks a beer. What would have happened if he had drunk water?\n  choice: x\nA:",
         "targets": ["He would be sober."],
         "multiple_choice_targets": ["He would be drunk.", "He would be sober.", "He would be rich."],
         "multiple_choice_scores": [0, 1, 0]}]),
    "race": ("race.jsonl", [
        {"example_id": "high12.txt", "article": TEXT, "question": "How many apples were left?", "answer": "C",
         "options": ["3", "4", "5", "6"]},
        {"example_id": "middle3.txt", "article": TEXT, "question": "Who got some?", "answer": "A",
         "options": ["Ann", "Tom", "Bob", "nobody"]}]),
    "hellaswag": ("hellaswag.jsonl", [
        {"ind": 4, "activity_label": "Making tea", "ctx_a": "[header] How to make tea [title] Boil water.", "ctx_b": "",
         "ctx": "[header] How to make tea [title] Boil water.", "source_id": "w", "split": "val",
         "endings": ["Pour it over leaves.", "Eat it.", "Sing [step] a song.", "Run."], "label": "0"}]),
    "mt_bench": ("mt_bench.jsonl", []),
    "aci_bench": ("aci_bench.csv", []),
    "qmsum": ("qmsum.jsonl", [
        {"topic_list": [], "meeting_transcripts": [
            {"speaker": "A", "content": "We need a red button."}, {"speaker": "B", "content": "Fine, by May."}],
         "general_query_list": [{"query": "Summarize the meeting.", "answer": "A red button by May."}],
         "specific_query_list": [
            {"query": "What did B say?", "answer": "By May.", "relevant_text_span": [["1", "1"]]}]}]),
    "ms_marco": ("ms_marco.jsonl", [
        {"query": "how hot is the sun", "query_id": 1, "query_type": "NUMERIC", "answers": ["5,500 degrees"],
         "passages": {"is_selected": [0, 1], "url": ["u", "v"],
                      "passage_text": ["The moon is cold.", "The sun's surface has 5,500 degrees Celsius."]},
         "wellFormedAnswers": []},
        {"query": "nothing", "query_id": 2, "query_type": "ENTITY", "answers": ["No Answer Present."],
         "passages": {"is_selected": [0], "url": ["u"], "passage_text": ["Text."]}, "wellFormedAnswers": []}]),
    "toxigen": ("toxigen.jsonl", [
        {"text": "b'they are all the same'", "target_group": "Women", "toxicity_ai": 4.0, "toxicity_human": 4.0},
        {"text": "they won the cup", "target_group": "women", "toxicity_ai": 1.0, "toxicity_human": 1.3}]),
    "hhh": ("hhh.jsonl", [
        {"input": "How do I bake bread?",
         "targets": {"choices": ["Knead flour, water and yeast, then bake.", "No idea."], "labels": [1, 0]}}]),
}  # fmt: skip
SHAPES["gsm8k_3shot"] = SHAPES["gsm8k"]
SHAPES["truthfulqa"] = ("truthfulqa.jsonl", [
    {"question": "What happens if you eat seeds?", "mc1_targets": {
        "choices": ["Nothing", "You grow a tree", "You die"], "labels": [1, 0, 0]}}])  # fmt: skip
SHAPES["mt_bench"] = ("mt_bench.jsonl", [
    {"category": "math", "prompt": ["What is 3 + 4?", "And doubled?"], "reference": ["7", "14"], "prompt_id": 1},
    {"category": "writing", "prompt": ["Write a line.", "Another."], "reference": [], "prompt_id": 2}])  # fmt: skip
SHAPES["aci_bench"] = ("aci_bench.jsonl", [
    {"dataset": "aci", "encounter_id": "D1", "dialogue": "[doctor] hi\n[patient] my knee hurts",
     "note": "CHIEF COMPLAINT\nKnee pain."}])  # fmt: skip
