//! `plot`: the report's figures as SVG files for papers.
