"""What streamgauge can see of each configured cluster, what it cannot, what that costs, and what to do about it.

reports = examine(settings)
render(reports, Console())
"""

from data.doctor.examining import examine
from data.doctor.rendering import as_json, render
from data.doctor.report import Check, ClusterReport, SourceReport, Verdict

__all__ = ["Check", "ClusterReport", "SourceReport", "Verdict", "as_json", "examine", "render"]
