"""The bill of materials as CycloneDX 1.6, in JSON, checked against its schema."""

from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as Part
from cyclonedx.model.component import ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.audit.component import Component

PRODUCT = PackageURL("generic", None, "motcua")


def write(components: Sequence[Component], file: Path) -> None:
    """What is inside another stands there as its dependency.

    Raises:
        ValueError: the document is not what CycloneDX asks for.
    """
    product = Part(name="motcua", type=ComponentType.APPLICATION, bom_ref=PRODUCT.to_string(), purl=PRODUCT)
    parts = {component.purl.to_string(): _part(component) for component in components}
    bom = Bom(components=parts.values())
    bom.metadata.component = product
    bom.register_dependency(product, [parts[component.purl.to_string()] for component in components if component.inside is None])
    for carrier in {component.inside for component in components if component.inside is not None}:
        inside = [parts[component.purl.to_string()] for component in components if component.inside == carrier]
        bom.register_dependency(parts[carrier.to_string()], inside)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"no CycloneDX document: {fault}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _part(component: Component) -> Part:
    return Part(
        name=component.purl.name,
        group=component.purl.namespace,
        version=component.purl.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if component.use == "run" else ComponentScope.EXCLUDED,
        purl=component.purl,
        bom_ref=component.purl.to_string(),
        licenses=[LicenseExpression(component.licence)] if component.licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=component.sha256)] if component.sha256 else [],
    )
