"""Addresses of the roster: my duty, changes, leave, absence, calendar feeds."""

from django.urls import path

from enforcement.views.duty import absences, changes, deciding, feeds, mine

urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("changes/", changes.change_list, name="changes"),
    path("changes/new/", changes.change_new, name="change_new"),
    path("changes/<int:pk>/", changes.change_detail, name="change"),
    path("changes/<int:pk>/take/", changes.change_take, name="change_take"),
    path("changes/<int:pk>/answer/", changes.change_answer, name="change_answer"),
    path("changes/<int:pk>/withdraw/", changes.change_withdraw, name="change_withdraw"),
    path("changes/<int:pk>/decide/", deciding.change_decide, name="change_decide"),
    path("takeover/", changes.takeover_new, name="takeover_new"),
    path("leave/", absences.leave_list, name="leaves"),
    path("leave/new/", absences.leave_new, name="leave_new"),
    path("leave/<int:pk>/", absences.leave_detail, name="leave"),
    path("leave/<int:pk>/withdraw/", absences.leave_withdraw, name="leave_withdraw"),
    path("leave/<int:pk>/decide/", deciding.leave_decide, name="leave_decide"),
    path("absence/", absences.absence_new, name="absence_new"),
    path("absence/<int:pk>/back/", absences.absence_back, name="absence_back"),
    path("feeds/new/", feeds.feed_new, name="feed_new"),
    path("feeds/<int:pk>/revoke/", feeds.feed_revoke, name="feed_revoke"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
]
