/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Sharing threads among units, and checking and linking the tables of steps.
 */
#include "units.h"

uint32_t snc_units_at_once(const snc_model *model, uint32_t threads) {
  return threads > 1 && model->num_units <= threads ? model->num_units : 0;
}

/* A GPU needs one thread that feeds it, however it was planned. */
static uint32_t planned(const snc_unit *unit) {
  return unit->threads && unit->kind == SNC_UNIT_CPU ? unit->threads : 1;
}

void snc_share_threads(const snc_unit *units, uint32_t count, uint32_t threads, uint16_t *first) {
  uint64_t wanted = 0; /* by the units not yet served */
  for (uint32_t u = 0; u < count; ++u)
    wanted += planned(&units[u]);
  int fits = wanted <= threads;
  uint32_t left = threads;
  first[0] = 0;
  for (uint32_t u = 0; u < count; ++u) {
    uint64_t mine = planned(&units[u]);
    uint64_t share = fits ? mine : (mine * left + wanted / 2) / wanted;
    if (units[u].kind != SNC_UNIT_CPU)
      share = 1;
    uint32_t most = left - (count - u - 1);
    share = share < 1 ? 1 : share > most ? most : share;
    first[u + 1] = (uint16_t)(first[u] + share);
    left -= (uint32_t)share;
    wanted -= mine;
  }
}

static void link_steps(snc_units *units, const snc_model *model) {
  for (uint32_t p = 0; p < model->num_phases; ++p) {
    const snc_phase *phase = &model->phases[p];
    uint32_t *starts = &units->starts[(uint64_t)p * units->count];
    for (uint32_t u = 0; u < units->count; ++u)
      starts[u] = SNC_NO_STEP;
    for (uint32_t i = phase->num_steps; i-- > 0;) {
      uint32_t s = phase->first_step + i, unit = model->steps[s].unit;
      if (unit == SNC_ALL_UNITS)
        continue;
      units->events[s].next = starts[unit];
      starts[unit] = s;
    }
  }
  for (uint32_t s = 0; s < model->num_steps; ++s)
    for (uint32_t i = 0; i < model->steps[s].num_waits; ++i)
      units->events[model->waits[model->steps[s].first_wait + i]].awaited = 1;
}

void snc_units_init(snc_units *units, const snc_model *model, uint32_t threads, snc_event *events,
                    uint32_t *starts) {
  units->count = snc_units_at_once(model, threads);
  if (!units->count)
    return;
  units->events = events;
  units->starts = starts;
  snc_share_threads(model->units, units->count, threads, units->first);
  link_steps(units, model);
}

/* A step comes after those of lower number and waits for such alone, of lower
 * level, its own phase and another unit. */
static int valid_step(const snc_model *model, const snc_phase *phase, uint32_t s) {
  const snc_step *step = &model->steps[s], *before = step - 1;
  if (!step->run || step->first_wait > model->num_waits ||
      step->num_waits > model->num_waits - step->first_wait)
    return 0;
  if (step->unit == SNC_ALL_UNITS ? phase->num_steps != 1 : step->unit >= model->num_units)
    return 0;
  if (s > phase->first_step &&
      (before->level > step->level || (before->level == step->level && before->unit >= step->unit)))
    return 0;
  for (uint32_t i = 0; i < step->num_waits; ++i) {
    uint32_t w = model->waits[step->first_wait + i];
    if (w < phase->first_step || w >= s || model->steps[w].level >= step->level ||
        model->steps[w].unit == step->unit)
      return 0;
  }
  return 1;
}

int snc_units_valid(const snc_model *model) {
  uint32_t next = 0;
  for (uint32_t p = 0; p < model->num_phases; ++p) {
    const snc_phase *phase = &model->phases[p];
    if (phase->first_step != next || !phase->num_steps ||
        phase->num_steps > model->num_steps - next)
      return 0;
    next += phase->num_steps;
    for (uint32_t s = phase->first_step; s < next; ++s)
      if (!valid_step(model, phase, s))
        return 0;
  }
  return next == model->num_steps;
}
