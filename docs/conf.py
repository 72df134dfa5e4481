"""Sphinx: the Python API from the installed package, the C++ API from Doxygen's XML, pages in Markdown."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from sphinx.util import logging

import bolus

here = Path(__file__).parent
sys.path.insert(0, str(here))
import signatures  # noqa: E402
from api_examples import is_constant, public_modules, public_names, read_examples  # noqa: E402

source = here.parent
doxygen = source / "build" / "docs" / "doxygen"

project = "bolus"
author = "the bolus developers"
copyright = "2026, the bolus developers"
version = release = bolus.__version__

extensions = [
    "breathe",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "CMakeLists.txt", "api/examples"]
html_theme = "furo"
html_title = f"bolus {release}"
html_static_path = []
pygments_style = "friendly"

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "auto"
nb_execution_raise_on_error = True
nb_execution_timeout = 600

autodoc_default_options = {
    "members": True,
    "imported-members": True,
    "undoc-members": False,
    "special-members": "__call__",
    "exclude-members": "set_fit_request, set_score_request",  # scikit-learn's own, with links into its docs
}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # a class's attributes are described once, by themselves
# The type "array" of a parameter is no link to one of the attributes of that name; and every header declares the namespace.
suppress_warnings = ["ref.python", "duplicate_declaration.cpp"]
# Links to other projects need the network, and a build without it must not fail.
intersphinx_mapping = (
    {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }
    if os.environ.get("BOLUS_DOCS_INTERSPHINX")
    else {}
)

# C++: Doxygen reads the headers, Breathe its XML. One page per module, one section per header, written from what there is.
doxygen.mkdir(parents=True, exist_ok=True)
settings = (here / "Doxyfile.in").read_text()
for name, value in {"SOURCE": source, "OUTPUT": doxygen, "VERSION": release}.items():
    settings = settings.replace(f"@{name}@", str(value))
subprocess.run(["doxygen", "-"], input=settings, text=True, check=True)
# Its index names files without their folders, so that two of the same name cannot be told apart: put the folders there.
index = ElementTree.parse(doxygen / "xml" / "index.xml")
for compound in index.iterfind("compound[@kind='file']"):
    described = ElementTree.parse(doxygen / "xml" / f"{compound.get('refid')}.xml")
    compound.find("name").text = described.find("compounddef/location").get("file")
index.write(doxygen / "xml" / "index.xml", encoding="utf-8", xml_declaration=True)
# Sphinx cannot read designated initializers; and what stands above a header's namespace is not about the namespace.
for file in (doxygen / "xml").glob("*.xml"):
    text = file.read_text()
    plain = re.sub(r"<initializer>[^<]*\{\s*\.(?:(?!</initializer>).)*</initializer>", "", text, flags=re.DOTALL)
    plain = re.sub(r"<defval>\{\s*\.(?:(?!</defval>).)*</defval>", "<defval>{}</defval>", plain, flags=re.DOTALL)
    plain = re.sub(r"=\{\.[^{}]*\}", "={}", plain)  # where a function's arguments are listed as text
    if plain != text:
        file.write_text(plain)
namespace = ElementTree.parse(doxygen / "xml" / "namespacebolus.xml")
for kind in ("briefdescription", "detaileddescription"):
    namespace.find(f"compounddef/{kind}").clear()
namespace.write(doxygen / "xml" / "namespacebolus.xml", encoding="utf-8", xml_declaration=True)
breathe_projects = {"bolus": str(doxygen / "xml")}
breathe_default_project = "bolus"
breathe_default_members = ("members", "undoc-members")
cpp_maximum_signature_line_length = 100

modules = {
    "core": "values, errors, progress, parallel loops, random numbers, provenance",
    "dsc": "from signal to curves, windows and blood volume",
    "simulate": "signals, cohorts and series with known truth",
    "evaluate": "ROC, bootstrap, confusion, logistic regression, splits by patient",
    "io": "files, studies and cohorts",
    "preprocess": "orientation, registration, bias field, resampling",
    "segment": "where the tumour is",
    "model": "the attention-LSTM",
    "pipeline": "from a study to a prediction",
}
#: What of a header is shown: everything lies in the namespace.
sections = "briefdescription detaileddescription innernamespace innerclass enum typedef func var".split()
sections += [f"public-{kind}" for kind in ("type", "func", "static-func", "attrib", "static-attrib")]
#: The program at the head of a module's C++ page, where it has not the module's name: examples/cpp.
programs = {"dsc": "first_curves", "pipeline": "predict"}
generated = here / "api" / "generated"
shutil.rmtree(generated, ignore_errors=True)
generated.mkdir(parents=True)
for module, about in modules.items():
    program = f"../../../examples/cpp/{programs.get(module, module)}.cpp"
    cpp = [f"# {module}", "", f"C++: {about}.", "", f"```{{literalinclude}} {program}", ":language: cpp", "```", ""]
    for header in sorted((source / "include" / "bolus" / module).glob("*.hpp")):
        cpp += [f"## `<bolus/{module}/{header.name}>`", "", f"```{{doxygenfile}} {module}/{header.name}"]
        cpp += [f":sections: {' '.join(sections)}", "```", ""]
    (generated / f"cpp_{module}.md").write_text("\n".join(cpp))
# The names of core are those of the package itself, on a page that is written by hand. A constant has no docstring: what its
# example's section says stands in for it.
examples = list(read_examples())
for module in public_modules():
    shown = public_names(module)
    found = [(name, one) for one in examples if one.module == module for name in one.names if is_constant(shown[name])]
    described = []
    for name, one in found:
        text = re.sub("`+", "``", one.text).splitlines()
        shown_there = [f"   {line}".rstrip() for line in [":module: " + module, "", *text, *one.as_rst()]]
        described += [f".. py:data:: {name}", *shown_there, ""]
    if module == "bolus":
        (generated / "constants.txt").write_text("\n".join(described))
        continue
    page = [module, "=" * len(module), "", f".. automodule:: {module}"]
    page += [f"   :exclude-members: {', '.join(name for name, _ in found)}"] * bool(found)
    (generated / f"python_{module.removeprefix('bolus.')}.rst").write_text("\n".join([*page, "", *described]))


def add_example(app, what, name, obj, options, lines):
    """Appends a name's example to its docstring; what two modules show is found by what it is."""
    module, _, own = name.rpartition(".")
    for one in examples:
        if own in one.names and (one.module == module or public_names(one.module)[own] is obj):
            lines += one.as_rst()
            return


for module in public_modules():
    for kind in public_names(module).values():
        if isinstance(kind, type) and (found := signatures.of_class(kind)):
            kind.__signature__ = found


def plain_signature(app, what, name, obj, options, signature, returned):
    """Signatures of the compiled modules without types and with their defaults."""
    if signature and (signature.startswith("(self: ") or "bolus._core" in signature + (returned or "")):
        return signatures.without_types(signature), None
    return None


def split_overloads(app, what, name, obj, options, lines):
    """Before napoleon reads the sections: overloaded functions hold one after the other."""
    if any(line.strip() == "Overloaded function." for line in lines[:3]):
        lines[:] = signatures.overloads(lines)


def check_names(app, env):
    """Warns of public names that are on no page."""
    shown = env.domains["py"].data["objects"]
    for module in public_modules():
        for name in public_names(module):
            if f"{module}.{name}" not in shown:
                logging.getLogger(__name__).warning("%s.%s is on no API page", module, name)


def setup(app):
    app.connect("autodoc-process-signature", plain_signature)
    app.connect("autodoc-process-docstring", split_overloads, priority=400)
    app.connect("autodoc-process-docstring", add_example, priority=600)  # after napoleon
    app.connect("env-check-consistency", check_names)


# The notebooks stand in examples/, where they belong; Sphinx reads pages from its own folder only.
shutil.rmtree(here / "notebooks", ignore_errors=True)
(here / "notebooks").mkdir()
for notebook in sorted((source / "examples" / "notebooks").glob("*.ipynb")):
    shutil.copy(notebook, here / "notebooks" / notebook.name)
