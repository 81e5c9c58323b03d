"""Made-up exports of ticket systems and CRMs, each in the shape of the real one. The names of agents and customers are ids."""

# ruff: noqa: E501 - a table is read by its columns

from formats.exports import Tables

ZENDESK: Tables = {
    "ticket": """
        id  requester_id created_at          type     priority status
        1   c1           2024-03-04~09:00:00 -        normal   solved
        2   c1           2024-04-01~08:00:00 incident urgent   closed
        3   c2           2024-03-05~10:00:00 -        low      deleted
    """,
    "ticket_comment": """
        id  ticket_id user_id created             public
        11  1         c1      2024-03-04~09:00:00 true
        12  1         ann     2024-03-04~13:00:00 true
        13  1         ann     2024-03-04~13:05:00 false
        14  1         c1      2024-03-05~09:00:00 true
        15  1         c1      2024-03-05~09:10:00 true
        16  1         ann     2024-03-05~11:00:00 true
        21  2         c1      2024-04-01~08:00:00 true
        22  2         ann     2024-04-01~08:30:00 true
        23  2         bob     2024-04-03~12:00:00 true
    """,
    "ticket_field_history": """
        ticket_id field_name         updated             value
        1         status             2024-03-04~09:00:00 new
        1         status             2024-03-06~09:00:00 solved
        1         satisfaction_score 2024-03-07~09:00:00 good
        2         type               2024-04-01~08:00:00 incident
        2         priority           2024-04-01~08:00:00 urgent
        2         status             2024-04-01~08:00:00 new
        2         assignee_id        2024-04-01~08:20:00 ann
        2         assignee_id        2024-04-02~09:00:00 bob
        2         status             2024-04-03~12:00:00 solved
        2         status             2024-04-05~08:00:00 open
        2         tags               2024-04-05~10:00:00 vip~refund
        2         status             2024-04-06~08:00:00 solved
        2         satisfaction_score 2024-04-07~08:00:00 bad
    """,
    "ticket_sla_policy": """
        ticket_id sla_policy_id policy_applied_at
        1         7             2024-03-04~09:00:00
    """,
    "sla_policy_metric_history": """
        sla_policy_id sla_policy_updated_at metric           priority target business_hours
        7             2024-01-01~00:00:00   first_reply_time normal   120    false
        7             2024-03-10~00:00:00   first_reply_time normal   900    false
    """,
}

INTERCOM: Tables = {
    "conversation_history": """
        id created_at          updated_at          source_author_id source_author_type source_type state  waiting_since       sla_status conversation_rating_created_at conversation_rating_value
        1  2024-03-04~09:00:00 2024-03-04~09:00:00 c1               user               email       open   2024-03-04~09:00:00 active          -                              -
        1  2024-03-04~09:00:00 2024-03-04~12:00:00 c1               user               email       open   2024-03-04~09:00:00 missed          -                              -
        1  2024-03-04~09:00:00 2024-03-09~09:00:00 c1               user               email       closed -                   missed          2024-03-10~09:00:00            4
        2  2024-04-01~09:00:00 2024-04-01~09:00:00 c2               lead               chat        open   2024-04-01~09:00:00 -          -                              -
        2  2024-04-01~09:00:00 2024-04-01~10:00:00 c2               lead               chat        open   -                   -          -                              -
        2  2024-04-01~09:00:00 2024-04-02~10:00:00 c2               lead               chat        open   2024-04-02~09:30:00 -          -                              -
        2  2024-04-01~09:00:00 2024-04-03~10:00:00 c2               lead               chat        closed -                   -          -                              -
        3  2024-04-05~09:00:00 2024-04-05~09:00:00 ann              admin              email       open   -                   -          -                              -
    """,
    "conversation_part_history": """
        id conversation_id created_at          part_type  author_id author_type assigned_to_id assigned_to_type
        11 1               2024-03-04~09:00:05 comment    fin       bot         -              -
        12 1               2024-03-04~10:00:00 assignment ann       admin       ann            admin
        13 1               2024-03-04~13:00:00 comment    ann       admin       -              -
        14 1               2024-03-04~13:30:00 assignment ann       admin       bob            admin
        15 1               2024-03-05~09:00:00 comment    c1        user        -              -
        16 1               2024-03-05~10:00:00 note       ann       admin       -              -
        17 1               2024-03-06~09:00:00 comment    bob       admin       -              -
        18 1               2024-03-06~09:01:00 close      bob       admin       -              -
        19 1               2024-03-08~09:00:00 comment    c1        user        -              -
        20 1               2024-03-09~09:00:00 close      bob       admin       -              -
        99 9               2024-03-09~09:00:00 comment    bob       admin       -              -
    """,
    "conversation_contact_history": "conversation_id contact_id\n3 c1",
    "contact_company_history": "contact_id company_id\nc1 acme",
}

HUBSPOT: Tables = {
    "ticket": """
        id property_createdate property_closed_date property_first_agent_reply_date property_hs_ticket_category property_hs_ticket_priority
        1  2024-03-04~09:00:00 2024-03-20~09:00:00  2024-03-04~11:00:00             BILLING_ISSUE               HIGH
        2  2024-04-04~09:00:00 2024-04-05~09:00:00  2024-04-04~10:00:00             -                           -
    """,
    "ticket_property_history": """
        ticket_id name               timestamp           value
        1         hs_ticket_category 2024-03-04~09:00:00 PRODUCT_ISSUE
        1         hs_ticket_priority 2024-03-04~09:00:00 HIGH
        1         hs_pipeline_stage  2024-03-04~09:00:00 1
        1         hubspot_owner_id   2024-03-04~09:30:00 ann
        1         hubspot_owner_id   2024-03-04~11:30:00 bob
        1         hs_pipeline_stage  2024-03-06~09:00:00 4
        1         hs_pipeline_stage  2024-03-08~09:00:00 1
        1         hs_pipeline_stage  2024-03-20~09:00:00 4
    """,
    "ticket_pipeline_stage": "stage_id ticket_state\n1 OPEN\n4 CLOSED",
    "ticket_contact": "ticket_id contact_id\n1 c1\n2 c1",
    "ticket_company": "ticket_id company_id\n1 acme\n2 acme",
    "ticket_engagement": "ticket_id engagement_id\n1 e1\n1 e2\n1 e3",
    "engagement_email": """
        engagement_id property_hs_timestamp property_hs_email_direction property_hubspot_owner_id
        e1            2024-03-04~11:00:00   EMAIL                       ann
        e2            2024-03-05~09:00:00   INCOMING_EMAIL              -
        e3            2024-03-05~12:00:00   EMAIL                       bob
    """,
    "engagement_meeting": """
        engagement_id start_time          meeting_outcome property_hubspot_owner_id
        m1            2024-05-01~09:00:00 COMPLETED       bob
        m2            2024-05-02~09:00:00 NO_SHOW         bob
        m3            2024-05-03~09:00:00 SCHEDULED       bob
    """,
    "engagement_contact": "engagement_id contact_id\nm1 c1\nm2 c1\nm3 c1",
    "deal_stage": "deal_id value date_entered\nd1 s1 2024-06-01~09:00:00\nd1 s9 2024-06-05~09:00:00",
    "deal_pipeline_stage": "stage_id closed_won\ns1 false\ns9 true",
    "deal_contact": "deal_id contact_id\nd1 c1",
    "deal_property_history": "deal_id name timestamp value\nd1 amount 2024-06-02~09:00:00 100\nd1 amount 2024-06-07~09:00:00 500",
    "contact_merge_audit": "canonical_vid vid_to_merge timestamp\nc1 c0 2024-07-01~09:00:00",
}

SALESFORCE: Tables = {
    "Case": """
        Id  CreatedDate          AccountId ContactId Type       Priority Origin ClosedDate
        500 2024-03-04T09:00:00Z acme      c1        Problem    High     Email  2024-03-08T09:00:00Z
        501 2024-04-04T09:00:00Z acme      c1        Question   Low      Web    2024-04-05T09:00:00Z
    """,
    "CaseHistory": """
        CaseId Field    OldValue NewValue CreatedDate
        500    Type     Question Problem  2024-03-04T10:00:00Z
        500    Priority Low      High     2024-03-04T10:00:00Z
        500    Owner    005a     005b     2024-03-05T09:00:00Z
        500    Owner    Ann      Bob      2024-03-05T09:00:00Z
        500    Status   New      Closed   2024-03-06T09:00:00Z
        500    Status   Closed   Working  2024-03-07T09:00:00Z
        500    Status   Working  Closed   2024-03-08T09:00:00Z
    """,
    "EmailMessage": """
        Id  ParentId MessageDate          Incoming CreatedById
        02a 500      2024-03-04T12:00:00Z false    005a
        02b 500      2024-03-04T13:00:00Z true     -
        02c 500      2024-03-05T10:00:00Z false    005b
    """,
    "Task": """
        Id  OwnerId AccountId WhoId WhatId CompletedDateTime    TaskSubtype
        00a 005b    acme      c1    -      2024-05-01T09:00:00Z Call
        00b 005b    acme      c1    501    2024-04-04T11:00:00Z Call
        00c 005b    acme      c1    -      2024-05-01T09:00:00Z Task
        00d 005b    acme      c1    -      -                    Call
    """,
    "Opportunity": """
        Id  AccountId CloseDate  IsWon
        006 acme      2024-05-30 true
        007 acme      2024-06-01 false
        008 acme      2024-07-01 true
    """,
    "OpportunityHistory": """
        Id  OpportunityId StageName   Amount CreatedDate
        08a 006           Proposal    900    2024-05-01T09:00:00Z
        08b 006           Closed~Won  1000   2024-05-30T09:00:00Z
    """,
}

SAMPLES = {"zendesk": ZENDESK, "intercom": INTERCOM, "hubspot": HUBSPOT, "salesforce": SALESFORCE}
