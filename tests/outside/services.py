"""The services of the checkout, as services/list tells them; chaos and bench ask here too."""
import subprocess
from pathlib import Path

SERVICES = tuple(subprocess.run([Path(__file__).resolve().parents[2] / "services/list"], capture_output=True, text=True, check=True).stdout.split())
