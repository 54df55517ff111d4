"""Random requests, run by graphql-core and by Gyrfalcon, and a comparison that tells every difference that matters.

SPDX-License-Identifier: Apache-2.0
"""
