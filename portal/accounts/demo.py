"""The demo's sign-ins: printed by `portal demo`, refused in production."""

DEMO_PASSWORD = "leipzig-ost-demo"  # public on purpose
DEMO_DOMAIN = "@demo.example"
DEMO_SIGN_INS = {
    "bewohnerin@demo.example": "resident",
    "teamleitung@demo.example": "resident",
    "koordination@demo.example": "coordinator",
    "steuerung@demo.example": "steering",
    "ideenmobil@demo.example": "outreach",
    "verwaltung@demo.example": "administrator",
}
