//! Whole parts that a page has no more, although the spec was compared with one that had them.

use serde_json::Value;

use super::super::words;
use super::Compare;
use crate::diagnostic::Code;
use crate::tree::Span;

impl Compare<'_> {
    pub(super) fn sections(&mut self) {
        if !self.reviewed {
            return;
        }
        let (page, operation) = (self.page, &self.spec.operation);
        if page.request.is_none() && page.response.is_none() && page.errors.is_none() {
            // It is about permissions only.
            return;
        }
        let fields = operation.response.as_ref();
        let fields = fields.is_some_and(|response| !response.properties.is_empty());
        // The template of 2019 has no such section; it lists the common parameters instead.
        let older = page.request.as_ref().is_some_and(|table| {
            let mut names = table.rows.iter().filter_map(|row| row.name.as_ref());
            names.any(|name| words::is_common(name.as_str()))
        });
        let parts = [
            (
                page.request.is_none() && !operation.parameters.is_empty(),
                Code::PageParameter,
                "/parameters",
                "table of parameters",
            ),
            (
                page.response.is_none() && fields,
                Code::PageField,
                "/response",
                "table of response fields",
            ),
            (
                page.example.is_none() && operation.response_example.is_some(),
                Code::PageResponseExample,
                "/responseExample",
                "success example",
            ),
            (
                page.errors.is_none() && !operation.errors.is_empty(),
                Code::PageError,
                "/errors",
                "table of errors",
            ),
            (
                page.permissions.is_none() && !older && !operation.permissions.is_empty(),
                Code::PagePermission,
                "/permissions",
                "table of permissions",
            ),
        ];
        for (is_missing, code, at, what) in parts {
            if !is_missing {
                continue;
            }
            let message = format!("the page has no {what}");
            let place = self.place(at);
            let mut difference = self.difference(code, Span::default(), at, Value::Null, message);
            difference.diagnostic = difference
                .diagnostic
                .label("not on this page")
                .also(place, "the spec has it");
            self.push(difference);
        }
    }
}
