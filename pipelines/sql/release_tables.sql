-- The tables of a release: protected numbers by label, and what the release says of itself.
create table cells (
    cohort varchar not null,
    site varchar not null,
    age_band varchar not null,
    gender varchar not null,
    primary_substance varchar not null,
    referral_source varchar not null,
    housing varchar not null,
    alliance_band varchar not null,
    self_efficacy_band varchar not null,
    measure varchar not null,
    n integer,
    k integer,
    status varchar not null
)
;
create table curves (
    cohort varchar not null,
    site varchar not null,
    age_band varchar not null,
    gender varchar not null,
    primary_substance varchar not null,
    referral_source varchar not null,
    housing varchar not null,
    alliance_band varchar not null,
    self_efficacy_band varchar not null,
    endpoint varchar not null,
    day integer not null,
    n integer,
    events integer,
    censored integer,
    status varchar not null
)
;
create table means (
    cohort varchar not null,
    site varchar not null,
    age_band varchar not null,
    gender varchar not null,
    primary_substance varchar not null,
    referral_source varchar not null,
    housing varchar not null,
    alliance_band varchar not null,
    self_efficacy_band varchar not null,
    measure varchar not null,
    n integer,
    value double,
    status varchar not null
)
;
create table about ("key" varchar not null, "value" varchar not null)
;
comment on table cells is 'one row per cell and measure: printed people (n) and printed people with the outcome (k)'
;
comment on table curves is 'one row per group and grid day: printed people, printed left early and censored so far'
;
comment on table means is 'one row per group and mean: printed people and the mean with its noise'
;
comment on table about is 'what the release says of itself'
