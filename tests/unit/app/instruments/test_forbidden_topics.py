"""No question on immigration, citizenship or what stands for them, in any language we speak."""

from __future__ import annotations

import pytest

from app.instruments.lint.word_lists import found_in, topics
from app.instruments.load.shipped import shipped_instruments

FORBIDDEN = {
    "en": [
        "Are you a U.S. citizen?",
        "What is your immigration status?",
        "Were you born here?",
        "In which country of birth did you grow up?",
        "What is your birthplace?",
        "Do you have a green card or a visa?",
        "Do you hold a driver\N{RIGHT SINGLE QUOTATION MARK}s license?",
        "What are the last digits of your SSN?",
        "What is your Social Security number?",
        "Which passport do you have?",
        "Are you afraid of being deported?",
        "What is your nationality?",
        "Are you undocumented?",
        "When were you naturalized?",
    ],
    "es": [
        "¿Es usted ciudadano de los Estados Unidos?",
        "¿Tiene ciudadanía?",
        "¿Cuál es su situación migratoria?",
        "¿Dónde nació usted?",
        "¿En qué país de nacimiento vivió?",
        "¿Tiene licencia de conducir?",
        "¿Cuál es su número de Seguro Social?",
        "¿Tiene pasaporte?",
        "¿Es inmigrante?",
        "¿Teme que le deporten?",
        "¿Cuál es su nacionalidad?",
        "¿Vive aquí sin papeles?",
    ],
    "ar": [
        "ما جنسيتك؟",
        "هل لديك الجنسية الأمريكية؟",
        "هل أنت مهاجر؟",
        "ما وضعك القانوني؟",
        "ما مكان الميلاد؟",
        "أين وُلدتَ؟",
        "هل لديك جواز سفر؟",
        "هل لديك رخصة قيادة؟",
        "ما رقم الضمان الاجتماعي؟",
        "هل أنت لاجئ؟",
        "هل لديك تصريح إقامة؟",
    ],
    "vi": [
        "Quý vị có quốc tịch Mỹ không?",
        "Quý vị có phải là công dân không?",
        "Tình trạng di trú của quý vị là gì?",
        "Quý vị sinh ra ở đâu?",
        "Nơi sinh của quý vị là gì?",
        "Quý vị có thẻ xanh không?",
        "Quý vị có hộ chiếu không?",
        "Quý vị có bằng lái xe không?",
        "Số an sinh xã hội của quý vị là gì?",
        "Quý vị nhập cư năm nào?",
    ],
}
INNOCENT = {
    "en": ["Have you visited a station?", "Do you drive?", "Did you see a fight?", "Who reborned?"],
    "es": [
        "¿Le gusta la policía nacional?",
        "¿Recibió una visita?",
        "¿Cree en la seguridad ciudadana?",
    ],
    "ar": ["ما منطقة سكنك؟", "ما مدى ثقتك بالشرطة هنا؟", "ما لغتك المفضلة؟"],
    "vi": ["Quý vị sống ở khu vực nào?", "Quý vị thích dùng ngôn ngữ nào nhất?"],
}


def words(language: str, text: str) -> list[str]:
    return [word for patterns in topics().values() for word in found_in(patterns, language, text)]


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang, texts in FORBIDDEN.items() for text in texts]
)
def test_a_forbidden_question_is_recognised(language: str, text: str) -> None:
    assert words(language, text)
    assert words(f"{language}-US", text.upper() if language in {"en", "es", "vi"} else text)


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang, texts in INNOCENT.items() for text in texts]
)
def test_an_innocent_question_is_not(language: str, text: str) -> None:
    assert words(language, text) == []


def test_every_topic_has_words_in_every_language_that_ships() -> None:
    shipped = {code for instrument in shipped_instruments() for code in instrument.languages}
    for topic, patterns in topics().items():
        assert patterns.keys() == shipped, topic
