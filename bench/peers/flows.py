"""The flow that viewflow.workflow and SpiffWorkflow run: received, triage, done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from viewflow import this
from viewflow.workflow import flow, lock

from bench.peers.models import PeerLog


def write_log(item: UUID, post_id: int, **more: Any) -> None:
    """The line of the log that every peer writes by Django's ORM."""
    PeerLog.objects.create(
        side="care", process=item, at=timezone.now(), action="begin_triage", from_state="received", to_state="triage",
        version=2, post_id=post_id, facts={}, route={"by": "declaration"}, **more,
    )  # fmt: skip


class ReferralFlow(flow.Flow):
    """The step as viewflow.workflow makes it."""

    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle().Next(this.received)
    received = flow.Handle(this.begin_triage).Next(this.triage)
    triage = flow.Handle(this.nothing).Next(this.end)
    end = flow.End()

    def begin_triage(self, activation: Any, post_id: int) -> None:
        """Writes the log line."""
        write_log(UUID(int=activation.process.pk), post_id)

    def nothing(self, activation: Any) -> None:
        """Not reached in the measurement."""


REFERRAL_BPMN = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="loods" targetNamespace="loods">
  <bpmn:process id="referral" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="received"><bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing></bpmn:userTask>
    <bpmn:userTask id="triage"><bpmn:incoming>b</bpmn:incoming><bpmn:outgoing>c</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end"><bpmn:incoming>c</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="received"/>
    <bpmn:sequenceFlow id="b" sourceRef="received" targetRef="triage"/>
    <bpmn:sequenceFlow id="c" sourceRef="triage" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""


def spiff_workflow() -> BpmnWorkflow:
    """The same three states for SpiffWorkflow, as its documentation does it: a BPMN diagram, run to the first task."""
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(REFERRAL_BPMN))
    workflow = BpmnWorkflow(parser.get_spec("referral"))
    workflow.do_engine_steps()
    return workflow


SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
