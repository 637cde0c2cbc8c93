"""Addresses of the roster: planning, and its set-up."""

from django.urls import path

from enforcement.views.duty import drafting, planning, rules, setting_up

urlpatterns = [
    path("rosters/", planning.rosters, name="rosters"),
    path("rosters/new/", planning.roster_new, name="roster_new"),
    path("rosters/<int:pk>/", planning.roster, name="roster"),
    path("rosters/<int:pk>/versions/", planning.roster_versions, name="roster_versions"),
    path("rosters/<int:pk>/again/", planning.roster_redraft, name="roster_redraft"),
    path("rosters/<int:pk>/draft/", drafting.roster_draft, name="roster_draft"),
    path("rosters/<int:pk>/draft/assign/", drafting.roster_assign, name="roster_assign"),
    path("rosters/<int:pk>/draft/unassign/", drafting.roster_unassign, name="roster_unassign"),
    path("rosters/<int:pk>/draft/fill/", drafting.roster_fill, name="roster_fill"),
    path("rosters/<int:pk>/draft/undo/", drafting.roster_undo, name="roster_undo"),
    path("rosters/<int:pk>/draft/discard/", drafting.roster_discard, name="roster_discard"),
    path("rosters/<int:pk>/publish/", drafting.roster_publish, name="roster_publish"),
    path("setup/", setting_up.setup, name="setup"),
    path("setup/quick/", setting_up.setup_quick, name="setup_quick"),
    path("setup/groups/new/", setting_up.setup_group_new, name="setup_group_new"),
    path("setup/groups/<int:pk>/", setting_up.setup_group, name="setup_group"),
    path("setup/groups/<int:pk>/members/", setting_up.setup_member, name="setup_member"),
    path("setup/patterns/new/", setting_up.setup_pattern_new, name="setup_pattern_new"),
    path("setup/patterns/<int:pk>/switch/", setting_up.setup_pattern_switch, name="setup_pattern_switch"),
    path("setup/rotations/new/", setting_up.setup_rotation_new, name="setup_rotation_new"),
    path("setup/rotations/<int:pk>/", setting_up.setup_rotation, name="setup_rotation"),
    path("setup/rules/", rules.setup_rules, name="setup_rules"),
    path("setup/rules/new/", rules.setup_rule_new, name="setup_rule_new"),
    path("setup/rules/<int:pk>/", rules.setup_rule, name="setup_rule"),
    path("setup/rules/<int:pk>/end/", rules.setup_rule_end, name="setup_rule_end"),
]
