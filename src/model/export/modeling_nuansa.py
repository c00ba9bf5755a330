"""Stance and tone of a news sentence: an encoder of the BERT family, the mean over its tokens, and two linear heads.

Written by `nuansa models export`. The logits are stance's three, then tone's three, in the order of `config.id2label`;
`probabilities` turns them into calibrated probabilities, one softmax a head, by the temperatures in
`config.nuansa_temperature`.
"""

from dataclasses import dataclass

import torch
from torch import nn
from transformers import BertModel, BertPreTrainedModel, PretrainedConfig, XLMRobertaModel, XLMRobertaPreTrainedModel
from transformers.utils import ModelOutput

CLASSES = 3


@dataclass
class StanceToneOutput(ModelOutput):
    """`logits` B x 6; `stance_logits` and `tone_logits` are its halves; `loss` where labels were given."""

    loss: torch.Tensor | None = None
    logits: torch.Tensor | None = None
    stance_logits: torch.Tensor | None = None
    tone_logits: torch.Tensor | None = None
    hidden_states: tuple[torch.Tensor, ...] | None = None
    attentions: tuple[torch.Tensor, ...] | None = None


class _StanceTone:
    """What both architectures share; `base_model_prefix` names the encoder."""

    # Heads over single tokens, which nuansa reads and this class does not.
    _keys_to_ignore_on_load_unexpected = (r"heads\.(entity|actor|role)\.",)

    def _add_heads(self, config: PretrainedConfig) -> None:
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.heads = nn.ModuleDict({head: nn.Linear(config.hidden_size, CLASSES) for head in ("stance", "tone")})
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        output_hidden_states: bool | None = None,
        output_attentions: bool | None = None,
        return_dict: bool | None = None,
    ) -> StanceToneOutput | tuple[torch.Tensor, ...]:
        """Token ids and mask, B x T each; labels, B x 2, are class numbers of stance and tone, -100 for none."""
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        encoded = getattr(self, self.base_model_prefix)(
            input_ids=input_ids,
            attention_mask=attention_mask,
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        states = encoded.last_hidden_state
        kept = attention_mask.to(states.dtype).unsqueeze(-1)
        pooled = self.dropout((states * kept).sum(1) / kept.sum(1).clamp(min=1))
        stance, tone = self.heads["stance"](pooled), self.heads["tone"](pooled)
        loss = None
        if labels is not None:
            entropy = nn.functional.cross_entropy
            pairs = zip((stance, tone), labels.unbind(1), strict=True)
            loss = sum(entropy(x, y) for x, y in pairs if (y != -100).any())
        output = StanceToneOutput(
            loss=loss,
            logits=torch.cat([stance, tone], dim=-1),
            stance_logits=stance,
            tone_logits=tone,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
        )
        return output.to_tuple() if return_dict is False else output

    def probabilities(self, output: StanceToneOutput) -> dict[str, torch.Tensor]:
        """Calibrated probabilities by head, B x 3 each."""
        temperature = self.config.nuansa_temperature
        logits = {"stance": output.stance_logits, "tone": output.tone_logits}
        return {head: (x / temperature[head]).softmax(-1) for head, x in logits.items()}


class NuansaBertForSequenceClassification(_StanceTone, BertPreTrainedModel):
    """Over BERT."""

    def __init__(self, config: PretrainedConfig) -> None:
        """Weights are read later."""
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        self._add_heads(config)


class NuansaXLMRobertaForSequenceClassification(_StanceTone, XLMRobertaPreTrainedModel):
    """Over XLM-RoBERTa."""

    def __init__(self, config: PretrainedConfig) -> None:
        """Weights are read later."""
        super().__init__(config)
        self.roberta = XLMRobertaModel(config, add_pooling_layer=False)
        self._add_heads(config)
