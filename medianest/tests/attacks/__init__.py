r"""Attacks on what is open to a network: who gets in, whose rows one sees, what a forged or odd request can do.

The tests here walk all addresses of the project, so that a new one is attacked without anybody thinking of it.
What is better tried beside the code that it attacks stays there; this table says where. `test_table.py` reads it.

1-3 leading away: `next=//evil`, `/\evil`, line breaks
    medianest/tests/attacks/test_ways_on.py::test_every_page_that_asks_where_to_go_next_refuses
    medianest/tests/attacks/test_ways_on.py::test_no_address_leads_away_when_it_is_looked_at
    medianest/tests/attacks/test_ways_on.py::test_no_form_leads_away
    accounts/tests/test_sign_in.py::test_any_other_next_leads_home
    accounts/tests/test_sign_in.py::test_a_trailing_line_break_in_next_goes_nowhere_else
    accounts/tests/plex/test_way_in.py::test_next_leads_nowhere_else
    accounts/tests/sessions/test_pages.py::test_confirming_leads_to_pages_of_ours_only
    medianest/tests/test_pages_home.py::test_choosing_colours_leads_nowhere_else
4 another host's name
    medianest/tests/attacks/test_hosts.py::test_another_name_is_refused_everywhere
5-6 forwarded headers from somebody unknown, with hyphens and underscores
  (Behind a trusted proxy the server cannot tell the two apart; the README says what the proxy has to do.)
    medianest/tests/attacks/test_hosts.py::test_what_an_unknown_address_claims_of_itself_counts_nowhere
    medianest/tests/attacks/test_hosts.py::test_a_claimed_address_is_written_nowhere
    medianest/lib/tests/test_proxy.py::test_without_a_proxy_forwarded_headers_are_dropped
    medianest/lib/tests/test_proxy.py::test_behind_a_proxy_the_right_most_unknown_hop_is_the_client
    accounts/tests/test_sign_in.py::test_forged_headers_do_not_give_a_new_address
7 other people's ids
    medianest/tests/attacks/test_other_peoples_ids.py::test_every_address_with_an_id_is_known_to_these_tests
    medianest/tests/attacks/test_other_peoples_ids.py::test_another_persons_row_is_not_there
    medianest/tests/attacks/test_other_peoples_ids.py::test_several_ids_in_a_form_or_a_query_reach_nobody_elses
    medianest/tests/attacks/test_other_peoples_ids.py::test_strangers_are_sent_to_the_door_from_everywhere
    medianest/tests/attacks/test_other_peoples_ids.py::test_the_administration_is_closed_to_all_but_administrators
    medianest/tests/test_row_security.py
    accounts/tests/sessions/test_pages.py::test_nobody_ends_anothers
9 fields that no form asks for
    medianest/tests/attacks/test_more_than_was_asked.py::test_no_address_takes_more_than_its_form_asks_for
    medianest/tests/attacks/test_more_than_was_asked.py::test_asking_for_a_film_is_asking_for_oneself_and_pending
    accounts/tests/test_sign_in.py::test_extra_fields_change_nothing
    accounts/tests/plex/test_way_in.py::test_extra_fields_change_nothing
    requests_app/tests/test_pages.py::test_a_viewer_cannot_ask_in_anothers_name
23 a PIN replayed, of another browser, asked for again and again
    accounts/tests/plex/test_way_in.py::test_a_replayed_return_signs_nobody_in
    accounts/tests/plex/test_way_in.py::test_twenty_returns_at_once_sign_in_once
    accounts/tests/plex/test_way_in.py::test_a_pin_of_another_browser_opens_nothing
    accounts/tests/plex/test_way_in.py::test_a_wrong_state_opens_nothing
    accounts/tests/plex/test_way_in.py::test_a_pin_of_another_client_is_not_taken
    accounts/tests/plex/test_way_in.py::test_a_pin_that_somebody_approved_already_is_not_taken
    accounts/tests/plex/test_way_in.py::test_a_thousand_looks_reach_plex_only_now_and_then
    medianest/tests/journeys/test_plex_sign_in.py::test_a_link_from_another_browser_signs_nobody_in
    medianest/tests/journeys/test_plex_sign_in.py::test_a_replayed_link_is_worth_nothing
24 a plex.tv that answers with anything but what was asked for
    accounts/tests/plex/test_odd_plex.py::test_while_it_is_ill_nobody_comes_in_and_afterwards_the_pin_still_does
    accounts/tests/plex/test_odd_plex.py::test_whatever_it_answers_nobody_comes_in_and_it_ends_in_time
    accounts/tests/plex/test_door.py::test_beginning_while_plex_tv_is_ill_says_so
    services/tests/providers/test_plex_tv.py::test_whatever_ails_it_is_one_of_our_errors
    services/tests/providers/test_plex_tv.py::test_a_drip_and_a_flood_have_an_end
    services/tests/providers/test_plex_tv.py::test_unknown_fields_are_passed_over_and_texts_are_cut
    services/tests/providers/test_plex_tv.py::test_an_account_without_a_number_is_none
    services/tests/providers/test_plex_tv.py::test_a_list_that_is_none_is_refused
25 taken off the server while signed in
    accounts/tests/plex/test_checking.py::test_whoever_lost_the_share_loses_everything_and_may_come_back
    accounts/tests/plex/test_checking.py::test_an_invitation_that_was_taken_back_is_no_access
26 a session used after its end, or planted before its beginning
    accounts/tests/sessions/test_store.py::test_a_session_kept_from_before_signing_out_opens_nothing
    accounts/tests/sessions/test_store.py::test_a_stolen_cookie_is_worthless_after_a_change_of_password
    accounts/tests/sessions/test_store.py::test_a_session_that_was_ended_meanwhile_does_not_come_back
    accounts/tests/sessions/test_store.py::test_signing_in_changes_the_key
    accounts/tests/sessions/test_store.py::test_a_key_that_is_nobodys_is_not_adopted
    accounts/tests/sessions/test_devices.py::test_nobody_comes_back_after
    accounts/tests/test_access.py::test_a_suspended_person_is_out_at_once
    accounts/tests/test_actions.py::test_suspending_ends_all_sessions_for_good
    accounts/tests/test_sign_in.py::test_the_session_gets_a_new_key
    accounts/tests/plex/test_way_in.py::test_a_session_made_before_signing_in_is_worth_nothing_afterwards
27 tokens used twice, in addresses, in logs
    medianest/tests/attacks/test_tokens_in_sight.py::test_a_token_in_an_address_opens_nothing
    medianest/tests/attacks/test_tokens_in_sight.py::test_tokens_are_in_no_log_and_in_no_table
    accounts/tests/sessions/test_devices.py::test_each_link_of_the_chain_works_once
    accounts/tests/sessions/test_devices.py::test_a_copied_cookie_ends_the_family
    accounts/tests/sessions/test_tokens.py::test_a_token_is_worthless_once
    accounts/tests/sessions/test_tokens.py::test_a_token_in_the_address_opens_nothing
28 forged forms, and links that change something
    medianest/tests/attacks/test_forged_forms.py::test_a_forged_form_is_refused_everywhere
    medianest/tests/attacks/test_forged_forms.py::test_a_token_beside_a_session_opens_no_way_past_the_check_of_pages
    medianest/tests/attacks/test_forged_forms.py::test_a_made_up_token_beside_a_session_does_nothing_by_the_api
    medianest/tests/attacks/test_forged_forms.py::test_no_view_is_taken_out_of_the_check
    medianest/tests/attacks/test_forged_forms.py::test_looking_changes_nothing
    accounts/tests/sessions/test_tokens.py::test_a_session_still_needs_the_proof_against_forgery
    accounts/tests/test_sign_in.py::test_a_link_cannot_sign_anybody_out
    medianest/tests/test_pages_errors.py::test_a_stale_form_reloads_the_page_that_sent_it
30 what is still to be seen after signing out
    medianest/tests/attacks/test_after_signing_out.py::test_pages_made_for_somebody_are_kept_nowhere
    medianest/tests/attacks/test_after_signing_out.py::test_no_shared_cache_may_keep_what_differs_by_cookie
    medianest/tests/attacks/test_after_signing_out.py::test_going_back_after_signing_out_shows_the_door
"""
