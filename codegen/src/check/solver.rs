//! The solver for rules: a search over the few states that a parameter can be in.
//!
//! To a rule a parameter is absent, present with one of the values that rules mention, or present with
//! another value. That is finite, so every question has an answer; how long the answer may take is not,
//! so each search has a budget, and no answer is given when it is spent.

use alicloud_schema::record::RuleKind;
use alicloud_schema::rule::Tally;

/// One state of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) present: bool,
    /// Which of the mentioned values it has, by their positions; several are possible for the
    /// elements of an array.
    pub(super) values: u64,
}

impl State {
    pub(super) const ABSENT: Self = Self {
        present: false,
        values: 0,
    };

    pub(super) fn with(values: u64) -> Self {
        Self {
            present: true,
            values,
        }
    }
}

/// A fact about one variable: it is present, or has one of some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Predicate {
    pub(super) variable: usize,
    /// The positions of the values; none where presence is enough.
    pub(super) values: Option<u64>,
}

impl Predicate {
    pub(super) fn holds(self, state: State) -> bool {
        state.present && self.values.is_none_or(|values| values & state.values != 0)
    }
}

/// A member of a rule: it holds where any of its predicates does.
#[derive(Clone, Debug)]
pub(super) struct Member(pub(super) Vec<Predicate>);

impl Member {
    /// Whether it holds; none where that depends on states that are not known yet.
    fn holds(&self, state: impl Fn(usize) -> Option<State>) -> Option<bool> {
        let mut open = false;
        for predicate in &self.0 {
            match state(predicate.variable) {
                Some(state) if predicate.holds(state) => return Some(true),
                Some(_) => {}
                None => open = true,
            }
        }
        (!open).then_some(false)
    }
}

/// A rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) kind: RuleKind,
    /// The members; of `requires` the conditions.
    pub(super) members: Vec<Member>,
    /// Of `requires`: what must hold then.
    pub(super) then: Vec<Member>,
    /// The position of the constraint that it comes from; none for what the schemas themselves say.
    pub(super) origin: Option<usize>,
}

impl Rule {
    fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let members = self.members.iter().chain(&self.then);
        members.flat_map(|member| &member.0)
    }

    /// Whether it is broken already, however the unknown states turn out.
    fn broken(&self, state: impl Fn(usize) -> Option<State>) -> bool {
        let tally =
            |members: &[Member]| Tally::new(members.iter().map(|member| member.holds(&state)));
        let members = tally(&self.members);
        self.kind.is_broken(members, || tally(&self.then))
    }

    /// Whether a full set of states breaks it.
    pub(super) fn broken_by(&self, states: &[State]) -> bool {
        self.broken(|variable| states.get(variable).copied())
    }
}

/// Variables with the states that they can be in, and the rules between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Problem {
    pub(super) variables: Vec<Vec<State>>,
    pub(super) rules: Vec<Rule>,
}

/// How much searching is allowed, in members of rules that are looked at.
pub(super) struct Budget(pub(super) u64);

impl Budget {
    /// Enough for any spec that people write, and spent within a fraction of a second.
    pub(super) const OF_AN_OPERATION: Self = Self(2_000_000);

    fn spend(&mut self, amount: usize) -> Option<()> {
        self.0 = self.0.checked_sub(amount as u64 + 1)?;
        Some(())
    }
}

impl Problem {
    /// The variables, grouped so that no rule ties two groups.
    pub(super) fn components(&self) -> Vec<Vec<usize>> {
        let mut root: Vec<usize> = (0..self.variables.len()).collect();
        for rule in &self.rules {
            let mut predicates = rule.predicates();
            let Some(first) = predicates.next() else {
                continue;
            };
            for other in predicates {
                let (a, b) = (
                    find(&mut root, first.variable),
                    find(&mut root, other.variable),
                );
                root[a.max(b)] = a.min(b);
            }
        }
        let mut components = vec![Vec::new(); self.variables.len()];
        for variable in 0..self.variables.len() {
            components[find(&mut root, variable)].push(variable);
        }
        components.retain(|component| !component.is_empty());
        components
    }

    /// Whether the variables tied to `start` can be in states that break no rule, where `allowed`
    /// says which states and `used` which rules count. No answer when the budget is spent.
    pub(super) fn satisfiable(
        &self,
        start: usize,
        allowed: impl Fn(usize, State) -> bool,
        used: impl Fn(usize) -> bool,
        budget: &mut Budget,
    ) -> Option<bool> {
        let mut rules_of = vec![Vec::new(); self.variables.len()];
        for (index, rule) in self.rules.iter().enumerate() {
            if used(index) {
                for predicate in rule.predicates() {
                    if rules_of[predicate.variable].last() != Some(&index) {
                        rules_of[predicate.variable].push(index);
                    }
                }
            }
        }
        let order = self.order(start, &rules_of);
        budget.spend(order.len() + self.rules.len())?;

        // The state of order[depth] is the one before next[depth] of its variable.
        let mut states: Vec<Option<State>> = vec![None; self.variables.len()];
        let mut next = vec![0_usize; order.len()];
        let mut depth = 0;
        while let Some(&variable) = order.get(depth) {
            let Some(&state) = self.variables[variable].get(next[depth]) else {
                next[depth] = 0;
                states[variable] = None;
                if depth == 0 {
                    return Some(false);
                }
                depth -= 1;
                continue;
            };
            next[depth] += 1;
            budget.spend(0)?;
            if !allowed(variable, state) {
                continue;
            }
            states[variable] = Some(state);
            let mut broken = false;
            for &rule in &rules_of[variable] {
                let rule = &self.rules[rule];
                budget.spend(rule.predicates().count())?;
                if rule.broken(|variable| states[variable]) {
                    broken = true;
                    break;
                }
            }
            if !broken {
                depth += 1;
            }
        }
        Some(true)
    }

    /// The variables tied to `start`, the nearest first, so that contradictions show early.
    fn order(&self, start: usize, rules_of: &[Vec<usize>]) -> Vec<usize> {
        let mut seen = vec![false; self.variables.len()];
        let mut done = vec![false; self.rules.len()];
        let mut order = vec![start];
        seen[start] = true;
        let mut at = 0;
        while let Some(&variable) = order.get(at) {
            at += 1;
            for &rule in &rules_of[variable] {
                if std::mem::replace(&mut done[rule], true) {
                    continue;
                }
                for predicate in self.rules[rule].predicates() {
                    if !std::mem::replace(&mut seen[predicate.variable], true) {
                        order.push(predicate.variable);
                    }
                }
            }
        }
        order
    }

    /// Given that the rules cannot be satisfied: constraints that cannot be either, of which none can be left
    /// out, by their positions. What the schemas say always counts.
    pub(super) fn core(
        &self,
        component: &[usize],
        allowed: impl Fn(usize, State) -> bool,
        budget: &mut Budget,
    ) -> Option<Vec<usize>> {
        let mut used: Vec<bool> = self
            .rules
            .iter()
            .map(|rule| rule.predicates().any(|p| component.contains(&p.variable)))
            .collect();
        for index in 0..self.rules.len() {
            if !used[index] || self.rules[index].origin.is_none() {
                continue;
            }
            used[index] = false;
            let mut fails = false;
            // Without a rule the variables may fall apart; one part that fails is enough.
            for &variable in component {
                if !self.satisfiable(variable, &allowed, |rule| used[rule], budget)? {
                    fails = true;
                    break;
                }
            }
            used[index] = !fails;
        }
        let used = self.rules.iter().zip(used).filter(|(_, used)| *used);
        Some(used.filter_map(|(rule, _)| rule.origin).collect())
    }
}

/// The variable that stands for the group of another; the way there is shortened.
fn find(root: &mut [usize], mut variable: usize) -> usize {
    while root[variable] != variable {
        root[variable] = root[root[variable]];
        variable = root[variable];
    }
    variable
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule() -> impl Strategy<Value = Rule> {
        let member = || {
            let predicate = (0..5_usize, prop::option::of(1..8_u64))
                .prop_map(|(variable, values)| Predicate { variable, values });
            // Most members are one predicate alone, as in specs.
            let sizes = prop_oneof![3 => Just(1..2_usize), 1 => Just(2..4_usize)];
            sizes
                .prop_flat_map(move |size| prop::collection::vec(predicate.clone(), size))
                .prop_map(Member)
        };
        let kind = prop::sample::select(vec![
            RuleKind::ExactlyOneOf,
            RuleKind::AtMostOneOf,
            RuleKind::AtLeastOneOf,
            RuleKind::AllOrNone,
            RuleKind::Requires,
        ]);
        let members = prop::collection::vec(member(), 1..4);
        let then = prop::collection::vec(member(), 1..3);
        (kind, members, then).prop_map(|(kind, members, then)| Rule {
            kind,
            members,
            then: if kind == RuleKind::Requires {
                then
            } else {
                Vec::new()
            },
            origin: Some(0),
        })
    }

    fn state() -> impl Strategy<Value = State> {
        prop_oneof![Just(State::ABSENT), (0..8_u64).prop_map(State::with)]
    }

    fn problem() -> impl Strategy<Value = Problem> {
        let variables = prop::collection::vec(prop::collection::vec(state(), 1..5), 5);
        let rules = prop::collection::vec(rule(), 0..7);
        (variables, rules).prop_map(|(variables, rules)| {
            let rules = rules.into_iter().enumerate();
            Problem {
                variables,
                rules: rules
                    .map(|(index, rule)| Rule {
                        origin: Some(index),
                        ..rule
                    })
                    .collect(),
            }
        })
    }

    /// Tries every combination; what a rule means is written a second time, in other words.
    fn brute_force(problem: &Problem, rules: &[usize]) -> bool {
        let mut choices = vec![Vec::new()];
        for domain in &problem.variables {
            choices = choices
                .into_iter()
                .flat_map(|states: Vec<State>| {
                    domain
                        .iter()
                        .map(move |state| [states.clone(), vec![*state]].concat())
                })
                .collect();
        }
        choices.iter().any(|states| {
            rules.iter().all(|&index| {
                let rule = &problem.rules[index];
                let held = |of: &[Member]| {
                    let holds = |p: &Predicate| p.holds(states[p.variable]);
                    let members = of.iter().filter(|Member(group)| group.iter().any(holds));
                    members.count()
                };
                let held_members = held(&rule.members);
                match rule.kind {
                    RuleKind::ExactlyOneOf => held_members == 1,
                    RuleKind::AtMostOneOf => held_members <= 1,
                    RuleKind::AtLeastOneOf => held_members >= 1,
                    RuleKind::AllOrNone => [0, rule.members.len()].contains(&held_members),
                    RuleKind::Requires => {
                        held_members < rule.members.len() || held(&rule.then) == rule.then.len()
                    }
                }
            })
        })
    }

    fn solve(problem: &Problem, used: &[usize]) -> bool {
        (0..problem.variables.len()).all(|variable| {
            problem
                .satisfiable(
                    variable,
                    |_, _| true,
                    |rule| used.contains(&rule),
                    &mut Budget(1_000_000),
                )
                .unwrap()
        })
    }

    proptest! {
        #[test]
        fn agrees_with_trying_everything(problem in problem()) {
            let all: Vec<usize> = (0..problem.rules.len()).collect();
            prop_assert_eq!(solve(&problem, &all), brute_force(&problem, &all));
        }

        #[test]
        fn fixing_a_variable_agrees_with_trying_everything(problem in problem(), present: bool) {
            let all: Vec<usize> = (0..problem.rules.len()).collect();
            for component in problem.components() {
                let fixed = component[0];
                let answer = problem.satisfiable(
                    fixed,
                    |variable, state| variable != fixed || state.present == present,
                    |_| true,
                    &mut Budget(1_000_000),
                );
                let mut narrowed = problem.clone();
                narrowed.variables[fixed].retain(|state| state.present == present);
                let rules: Vec<usize> = all
                    .iter()
                    .copied()
                    .filter(|&rule| {
                        problem.rules[rule].predicates().any(|p| component.contains(&p.variable))
                    })
                    .collect();
                prop_assert_eq!(answer, Some(brute_force(&narrowed, &rules)));
            }
        }

        #[test]
        fn a_core_fails_and_nothing_less_does(problem in problem()) {
            for component in problem.components() {
                let budget = &mut Budget(10_000_000);
                if problem.satisfiable(component[0], |_, _| true, |_| true, budget) != Some(false) {
                    continue;
                }
                let core = problem.core(&component, |_, _| true, budget).unwrap();
                prop_assert!(!brute_force(&problem, &core));
                for left_out in &core {
                    let rest: Vec<usize> =
                        core.iter().copied().filter(|rule| rule != left_out).collect();
                    prop_assert!(brute_force(&problem, &rest));
                }
            }
        }
    }

    #[test]
    fn a_hard_problem_ends_without_an_answer() {
        // Ten pigeons for nine holes: a search without insight takes factorial time.
        let (pigeons, holes) = (10, 9);
        let at = |pigeon: usize, hole: usize| {
            Member(vec![Predicate {
                variable: pigeon * holes + hole,
                values: None,
            }])
        };
        let rule = |kind, members| Rule {
            kind,
            members,
            then: Vec::new(),
            origin: None,
        };
        let mut rules: Vec<Rule> = (0..pigeons)
            .map(|p| {
                rule(
                    RuleKind::AtLeastOneOf,
                    (0..holes).map(|h| at(p, h)).collect(),
                )
            })
            .collect();
        rules.extend((0..holes).map(|h| {
            rule(
                RuleKind::AtMostOneOf,
                (0..pigeons).map(|p| at(p, h)).collect(),
            )
        }));
        let problem = Problem {
            variables: vec![vec![State::ABSENT, State::with(0)]; pigeons * holes],
            rules,
        };
        let answer = problem.satisfiable(0, |_, _| true, |_| true, &mut Budget(100_000));
        assert_eq!(answer, None);
    }
}
