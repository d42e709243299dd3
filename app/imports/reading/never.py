"""Columns that are never imported: whatever says who somebody is, where, when, or on what.

The heading speaks, and so does what stands below it: either is enough, so that a column of e-mail
addresses under an innocent heading stays out as well. A question in whole words that only happens
to speak of names or telephones is let through where its answers are those of a short list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from app.imports.reading.contents import why_by_contents
from app.imports.reading.folding import fold
from app.imports.reading.table import Why

_HEADINGS: Final[Mapping[Why, str]] = {
    "record": r"""(respondent|collector|response|record|session|recipient|submission|instance|case)
        [ ]?(id|number|no\.?|type|uuid)|id|index|uuid|(meta )?instanceid|token|seed
        |(root|formhub )?uuid|custom (data|value|variable)( ?\d+)?|parent (index|table name)
        |last ?page|status|progress|finished|external ?(data ?)?reference|validation status|notes
        |tags|version|start ?language|user ?language|distribution ?channel|response ?set
        |(ssn|social security|passport|badge|member|student|employee|account|case|report|record)
        ([ ]?(number|no\.?|id|#))|ssn|curp|rfc|dni|nie|nif|cedula|pasaporte|seguro social|vin
        |(n[uú]mero de |no\.? de )?(identificación|cédula|expediente|folio|placa|matrícula)
        |(license|number) plate|licen[cs]e( number)?|driver'?s licen[cs]e( number)?|plate( number)?
        |رقم (الهوية|الجواز|اللوحة)|(số )?(cmnd|cccd|căn cước)|biển số( xe)?""",
    "time": r"""timestamp|marca (temporal|de tiempo)|horodateur|zeitstempel|طابع زمني
        |dấu thời gian|(start|end|completion|completed|started|submission|submitted|recorded
        |interview|total|entry)[ ]?(date|time|at|on)(.?time)?
        |date[ ]?(created|modified|submitted|started|completed|last action|stamp|taken)?
        |time|start|end|today|submit ?date|datestamp|(group|question) ?time ?\d*|date ?/ ?time
        |date (and|&) time|duration( \(.*\))?|created( at)?|updated( at)?|hora( de .*)?
        |fecha( y hora|( de)? .*)?|التاريخ|الوقت|ngày( giờ)?|thời gian
        |(date of birth|birth ?(date|day)|d\.?o\.?b\.?)|cumpleaños|تاريخ الميلاد|ngày sinh""",
    "e_mail": r"""(your |contact |recipient )?e-?mail( ?address)?|user ?name
        |(tu |su )?(correo|e-?mail)( electrónico)?( de contacto)?
        |(dirección de )(correo electrónico|e-?mail)|(عنوان )?(البريد|بريد|ايميل)( الإلكتروني|ك)?
        |(địa chỉ |thư )?(email|điện tử)""",
    "telephone": r"""((your|contact|best|tele|mobile|cell|home|work)[ -]?)*phone( (number|no\.?))?
        |(mobile|cell|whatsapp|contact)( number)?|sms|fax|tel\.?|(número )?telefónico
        |(número de |tu |su |no\.? de )?(teléfono|celular|móvil|whatsapp)( .*)?
        |(رقم )?(الهاتف|الجوال|الموبايل|هاتفك|واتساب)|(số )?điện thoại""",
    "name": r"""((your|full|first|last|middle|sur|family|given|recipient|complete|officer'?s?) ?)*
        name|(first|full|last)[ ]?(and|&|/)[ ]?(last|first)?[ ]?name|name of (respondent|officer)
        |nombres?( (completo|y apellidos?|de pila|del? (residente|oficial|agente|encuestado)))?
        |(tu|su) nombre|(primer |segundo )?apellidos?( (paterno|materno))?|submitted by|signature
        |firma|initials|iniciales|(facebook|instagram|twitter|tiktok)( (name|handle|user))?
        |الاسم( (الكامل|الأول|الأخير|الثلاثي))?|اسمك|لقبك?|اسم العائلة
        |(họ(,| và)? )?tên( đầy đủ| của bạn)?""",
    "network_address": r"ip([ -]?addr(ess)?)?( ?v?[46])?|dirección ip|عنوان ip|địa chỉ ip",
    "address": r"""((street|home|mailing|postal|your|residential) )*address( line)?( ?\d)?
        |street( name)?|(tu |su )?(dirección|domicilio)( .*)?|calle( y número)?|city ?/ ?town
        |state ?/ ?province|zip ?/ ?postal code|zip ?\+ ?4|apartment|apt\.?
        |(عنوان|العنوان)( .*)?|عنوانك|địa chỉ( .*)?""",
    "position": r"""(.* )?(gps|geo ?location|geopoint|latitude|longitude|altitude|precision)
        |(location|recipient) ?(latitude|longitude|accuracy)|lat|lon|lng|long|lat/lon(g)?
        |coordinates|coordenadas|latitud|longitud|ubicación|الموقع|tọa độ|what3words|plus code""",
    "device": r"""device ?(id|type)?|sim ?(serial|id)|subscriber ?id|imei|imsi|refurl|referr?er
        |user ?agent|browser|operating system|mac( address)?|(dirección )?mac|dispositivo
        |advertising id|idfa|gaid|screen resolution""",
}
_WHOLE: Final = {
    why: re.compile(fold("".join(line.strip() for line in pattern.splitlines())))
    for why, pattern in _HEADINGS.items()
}
_ASKED: Final[Mapping[Why, str]] = {
    "e_mail": r"\be-?mail|\bcorreo\b|البريد الالكتروني|thư điện tử",
    "telephone": r"""\b(tele|cell|mobile )?phone number|número (de )?(teléfono|celular|telefónico)
        |\b(tu|su) (teléfono|celular|móvil)\b|رقم (هاتف|جوال)|số điện thoại""",
    "name": r"""\b(your|first|last|full|sur) ?name\b|\b(su|tu)s? nombres?\b|nombre completo
        |cómo (se|te) llama|اسمك|tên (của )?(bạn|quý vị)""",
    "address": r"""\b(street|home|mailing|your|exact) address\b|\b(su|tu) (dirección|domicilio)\b
        |عنوان(ك| منزلك)|địa chỉ (nhà|của)""",
    "time": r"\bdate of birth\b|\bfecha de nacimiento\b|تاريخ (ميلادك|الميلاد)|ngày sinh",
    "record": r"""\blicen[cs]e plate|social security number|seguro social|\bpassport number
        |número de (placa|matrícula|pasaporte)|biển số xe""",
}
_SENTENCES: Final = {
    why: re.compile(fold("".join(line.strip() for line in pattern.splitlines())))
    for why, pattern in _ASKED.items()
}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NUMBERED: Final = re.compile(
    r"^(?:q|p|question|pregunta)?[\W_]*\d+[a-z]?[.):-] *|\((?:optional|opcional|required)\)",
    re.IGNORECASE,
)
_TICKS: Final = frozenset(("0", "1", "true", "false", "yes", "no", "y", "n", "x", "checked", "si"))
SHORT_LIST: Final = 12


def why_never(question: str, part: str, cells: Sequence[str]) -> Why | None:
    """Why the column stays out; None where it may be mapped."""
    contents = Counter(cell for cell in cells if cell)
    told_above = (question,) if _are_ticks(contents, part) else (part, question)
    headings = [plain for heading in told_above if heading for plain in _plain(heading)]
    for why, pattern in _WHOLE.items():
        if any(pattern.fullmatch(heading) for heading in headings):
            return why
    told = why_by_contents(contents)
    if told is not None or _is_short_list(contents):
        return told
    for why, pattern in _SENTENCES.items():
        if any(pattern.search(heading) for heading in headings):
            return why
    return None


def _plain(heading: str) -> set[str]:
    """Tools join words by underscores, or by a capital; the last part of a path is the name."""
    last = heading.rpartition("/")[2] if " " not in heading else heading
    bare = _NUMBERED.sub("", last)
    spellings = {last, bare, _HUMP.sub(" ", last)}
    return {" ".join(fold(one).replace("_", " ").strip(" -:?¿*").split()) for one in spellings}


def _are_ticks(contents: Counter[str], part: str) -> bool:
    """Of an option that was offered, such as to be called by telephone: nobody wrote there."""
    return (
        bool(part) and bool(contents) and {fold(one) for one in contents} <= _TICKS | {fold(part)}
    )


def _is_short_list(contents: Counter[str]) -> bool:
    return len(contents) <= SHORT_LIST and contents.total() > 2 * len(contents)
